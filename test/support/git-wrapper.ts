import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { git } from './git.ts';

/**
 * From now on, what starts uses a git that runs a script in the clone before one command, the first time that it is
 * called. There is a folder `began` then. In the script, `$git` is the real git.
 */
export const onceBefore = (command: string, folder: string, script: string): Promise<void> =>
  before(command, folder, `mkdir ${folder}/began 2>/dev/null`, script);

/** Like {@link onceBefore}, but before several commands (`add|commit`), each time for as long as a file is there. */
export const whileThere = (file: string, commands: string, folder: string, script: string): Promise<void> =>
  before(commands, folder, `[ -e ${file} ]`, script);

async function before(commands: string, folder: string, condition: string, script: string): Promise<void> {
  const [path, real] = [process.env.PATH, join(await git(folder, '--exec-path'), 'git')];
  const wrapper = `#!/bin/sh
git=${real}
for word; do
  case "$word" in ${commands})
    if ${condition}; then
      ${script}
    fi
  esac
done
exec $git "$@"
`;
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/git'), wrapper, { mode: 0o755 });
  process.env.PATH = `${join(folder, 'bin')}:${path}`;
  onTestFinished(() => {
    process.env.PATH = path;
  });
}
