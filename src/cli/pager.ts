import { spawn } from 'node:child_process';
import type { Environment } from '../environment.ts';
import { type Io, print } from './io.ts';

/**
 * Shows a text: on a terminal in the pager of the person, if it is longer than the screen.
 *
 * @param isEndFirst whether the end is wanted first
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

/** Whether there was a pager to show it. */
function runPager(pager: string, text: string, environment: Environment): Promise<boolean> {
  return new Promise((resolve) => {
    // As git does: colours are shown, and the screen is left as it is.
    const env = { ...environment, LESS: environment.LESS ?? 'RX' };
    const child = spawn('sh', ['-c', pager], { stdio: ['pipe', 'inherit', 'ignore'], env });
    // The person may leave it before all is read.
    child.stdin.on('error', () => undefined).end(text);
    child.on('error', () => resolve(false));
    // These are what a shell ends with that finds no such program, or may not start it.
    child.on('exit', (code) => resolve(code !== 127 && code !== 126));
  });
}
