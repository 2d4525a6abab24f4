import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ending, EXIT } from '../ending.ts';
import type { Io } from '../io.ts';

export interface Edited {
  readonly text: string;
  /** The file, until it is removed. */
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Lets the person edit a text in their editor, in a folder that nobody else can read. */
export async function editText(io: Io, text: string, extension: string): Promise<Edited> {
  const folder = await mkdtemp(join(tmpdir(), 'gitpost-'));
  const path = join(folder, `message.${extension}`);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await writeFile(path, `${text}\n`, { mode: 0o600 });
    await runEditor(io, path);
    const edited = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    return { text: edited, path, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function runEditor({ environment }: Io, path: string): Promise<void> {
  const isWindows = process.platform === 'win32';
  const editor = environment.VISUAL || environment.EDITOR || (isWindows ? 'notepad' : 'vi');
  const stdio = 'inherit' as const;
  // The editor may be configured with options, so a shell parses it, as in git.
  const child = isWindows
    ? spawn(`${editor} "${path}"`, { stdio, shell: true })
    : spawn('sh', ['-c', `${editor} "$@"`, editor, path], { stdio });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0)
    throw new Ending(
      EXIT.failed,
      `The editor ${JSON.stringify(editor)} failed, so nothing was changed. EDITOR names another one.`,
    );
}
