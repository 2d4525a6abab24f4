import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { git } from './git.ts';

/**
 * From now on, what starts uses a git that runs a script in the clone before one command, the first time that it is
 * called. There is a folder `began` then. In the script, `$git` is the real git.
 */
export async function onceBefore(command: string, folder: string, script: string): Promise<void> {
  const [path, real] = [process.env.PATH, join(await git(folder, '--exec-path'), 'git')];
  const wrapper = `#!/bin/sh
git=${real}
for word; do
  if [ "$word" = ${command} ] && mkdir ${folder}/began 2>/dev/null; then
    ${script}
  fi
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
