// One message, many writers, a bulk: each against what people would use instead, with the same core.fsync.
import { join } from 'node:path';
import { folder, quick } from './environment.mjs';
import { startGitpost } from './gitpost.mjs';
import { inTurns, timed } from './measure.mjs';
import { commitByGit, commitByIsomorphicGit, commitBySimpleGit, gitIn, prepareClone } from './plain-git.mjs';
import { random, textOf } from './text.mjs';

const [ROUNDS, MANY_FILES, WRITERS, BURST, LOOP, BULK] = quick
  ? [50, 4000, 64, 2000, 50, 5000]
  : [300, 4000, 64, 12_000, 300, 100_000];

export async function writingRows() {
  const gitpost = await startGitpost('writing');
  try {
    return [
      await alone(gitpost, 'in a small archive', prepareClone('small'), 0.6),
      await aloneAmongMany(),
      ...(await many(gitpost)),
      await bulk(gitpost),
    ];
  } finally {
    await gitpost.stop();
  }
}

/** Both have the same files: gitpost's clone is one of the other's. */
async function aloneAmongMany() {
  const clone = prepareClone('many', MANY_FILES);
  const remote = join(folder, 'many-files.git');
  gitIn(folder)('clone', '-q', '--bare', clone, remote);
  const gitpost = await startGitpost('many-files', remote);
  try {
    await gitpost.ready();
    return await alone(gitpost, `with ${MANY_FILES.toLocaleString('en')} files in the clone`, clone, 0.3);
  } finally {
    await gitpost.stop();
  }
}

async function alone(gitpost, where, clone, aim) {
  const [texts, commit] = [random(7), commitByGit(clone)];
  const both = await inTurns(
    ROUNDS,
    () => gitpost.post(textOf(texts)),
    () => commit(textOf(texts)),
  );
  return {
    work: `POST alone, ${where}`,
    against: '`git commit -q -- file`',
    ...both,
    unit: 'ms',
    aim: `≤ ${aim}`,
  };
}

async function many(gitpost) {
  const texts = random(8);
  let sent = 0;
  const writer = async () => {
    while (sent < BURST) {
      sent += 1;
      await gitpost.post(textOf(texts));
    }
  };
  const others = [
    ['`git commit` in a loop', commitByGit(prepareClone('loop')), '≥ 15'],
    ['simple-git, add and commit', commitBySimpleGit(prepareClone('simple')), ''],
    ['isomorphic-git, add and commit, no fsync', commitByIsomorphicGit(prepareClone('isomorphic')), ''],
  ];
  const rates = new Map();
  const half = async (commit) => {
    for (let number = 0; number < LOOP / 2; number += 1) await commit(textOf(texts));
  };
  // Half of each loop before the burst and half after it.
  const before = [];
  for (const [, commit] of others) before.push(await timed(() => half(commit)));
  await gitpost.loopDelay();
  const burst = await timed(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  const delay = await gitpost.loopDelay();
  for (const [index, [name, commit]] of others.entries()) {
    rates.set(name, (LOOP / (before[index] + (await timed(() => half(commit))))) * 1000);
  }
  return others.map(([against, , aim]) => ({
    work: `${WRITERS} writers, one commit each`,
    against,
    ours: (BURST / burst) * 1000,
    theirs: rates.get(against),
    unit: '/s',
    aim,
    loop: delay,
  }));
}

async function bulk(gitpost) {
  const texts = random(9);
  const commit = commitByGit(prepareClone('bulk'));
  const PART = 5000;
  const loop = async () => {
    for (let number = 0; number < LOOP / 2; number += 1) await commit(textOf(texts));
  };
  let theirs = await timed(loop);
  await gitpost.loopDelay();
  const ours = await timed(async () => {
    for (let sent = 0; sent < BULK; sent += PART) {
      const lines = Array.from({ length: PART }, () =>
        JSON.stringify({ text: textOf(texts), confirm: true }),
      );
      const { text } = await gitpost.send('POST', '/messages', lines.join('\n'), {
        'content-type': 'application/x-ndjson',
      });
      if (text.split('"status":201').length !== PART + 1) throw new Error('a bulk was not taken as a whole');
    }
  });
  const delay = await gitpost.loopDelay();
  theirs += await timed(loop);
  return {
    work: `bulk of ${BULK.toLocaleString('en')}, one commit each`,
    against: '`git commit` in a loop',
    ours: (BULK / ours) * 1000,
    theirs: (LOOP / theirs) * 1000,
    unit: '/s',
    aim: '≥ 10',
    loop: delay,
  };
}
