import { readFile } from 'node:fs/promises';

/** A process that holds something: its number, and when it started, since process numbers are reused. */
export interface Holder {
  readonly pid: number;
  readonly began: string;
}

/** This process. */
export const ownHolder = async (): Promise<Holder> => ({
  pid: process.pid,
  began: await beganOf(process.pid),
});

/** Whether a process is still running. */
export async function isAlive({ pid, began }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = await beganOf(pid);
  return now === began && now !== ENDED;
}

const ENDED = 'ended';

/** The start time of a process, if the system reveals it, as Linux does. Otherwise empty, and the number has to do. */
async function beganOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie, which has ended but was not reaped yet, still has its number.
  return fields[0] === 'Z' ? ENDED : (fields[19] ?? '');
}
