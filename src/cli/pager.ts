import type { Environment } from '../environment.ts';
import { type Io, print } from './io.ts';

/**
 * Shows a text. On a terminal, it is shown in the person's pager if it is longer than the screen.
 *
 * @param isEndFirst whether to start at the end
 */
export async function page(io: Io, text: string, isEndFirst = false): Promise<void> {
  const { environment, stdout } = io;
  const lines = text.split('\n').length;
  const pager = environment.PAGER ?? (isEndFirst ? 'less +G' : 'less');
  if (stdout.isTTY !== true) return print(io, text);
  if (lines <= (stdout.rows || 24) || pager === '' || pager === 'cat' || process.platform === 'win32')
    return print(io, text);
  if (!(await runPager(pager, text, environment))) await print(io, text);
}

/** Resolves to whether there was a pager to show the text. */
async function runPager(pager: string, text: string, environment: Environment): Promise<boolean> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    // The same as in git: colours are shown, and the screen is not cleared.
    const env = { ...environment, LESS: environment.LESS ?? 'RX' };
    const child = spawn('sh', ['-c', pager], { stdio: ['pipe', 'inherit', 'ignore'], env });
    // The person may quit before everything was read.
    child.stdin.on('error', () => undefined).end(text);
    child.on('error', () => resolve(false));
    // A shell exits with these if it does not find the program or may not run it.
    child.on('exit', (code) => resolve(code !== 127 && code !== 126));
  });
}
