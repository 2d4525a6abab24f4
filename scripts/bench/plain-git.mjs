// What people would use instead: git by hand, simple-git and isomorphic-git, each with one commit a message.
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import isomorphic from 'isomorphic-git';
import { simpleGit } from 'simple-git';
import { environment, FSYNC, folder } from './environment.mjs';

const FILE = 'messages/bench.jsonl';

export const gitIn =
  (cwd) =>
  (...args) =>
    execFileSync('git', args, {
      cwd,
      env: environment,
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 30,
    });

/** A clone with a journal to append to and, where wanted, many other files. */
export function prepareClone(name, files = 0) {
  const clone = join(folder, name);
  mkdirSync(dirname(join(clone, FILE)), { recursive: true });
  const git = gitIn(clone);
  git('init', '-q', '-b', 'main');
  for (let number = 0; number < files; number += 1) {
    const directory = join(
      clone,
      'messages',
      String(2000 + (number % 25)),
      String(1 + (number % 12)).padStart(2, '0'),
    );
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, `device.${number}.jsonl`), `${lineOf(`file ${number}`)}\n`.repeat(10));
  }
  appendFileSync(join(clone, FILE), '');
  git('add', '.');
  git('commit', '-q', '-m', 'Begin');
  return clone;
}

export const lineOf = (text) =>
  JSON.stringify({
    ...{ v: 1, id: crypto.randomUUID(), revision: 1, author: 'Bench', type: 'text', text },
    createdAt: new Date().toISOString(),
  });

const append = (clone, text) => appendFileSync(join(clone, FILE), `${lineOf(text)}\n`);
const subjectOf = (text) => text.split('\n')[0].slice(0, 72) || 'x';

/** Appends a line and commits it by git alone. */
export function commitByGit(clone) {
  const git = gitIn(clone);
  return (text) => {
    append(clone, text);
    git(...FSYNC, 'commit', '-q', '-m', subjectOf(text), '--', FILE);
  };
}

export function commitBySimpleGit(clone) {
  const git = simpleGit({ baseDir: clone, config: ['core.fsync=committed', 'core.fsyncMethod=fsync'] });
  return async (text) => {
    append(clone, text);
    await git.add(FILE);
    await git.commit(subjectOf(text));
  };
}

/** It never syncs a file to the disk, so it does less than the others. */
export function commitByIsomorphicGit(clone) {
  const author = { name: 'Bench', email: 'bench@example.org' };
  const cache = {};
  return async (text) => {
    append(clone, text);
    await isomorphic.add({ fs, dir: clone, filepath: FILE, cache });
    await isomorphic.commit({ fs, dir: clone, message: subjectOf(text), author, cache });
  };
}
