import { readFile } from 'node:fs/promises';

/** A process that works on something: its number, and when it began, since numbers of processes are used again. */
export interface Holder {
  readonly pid: number;
  readonly began: string;
}

/** This process. */
export const ownHolder = async (): Promise<Holder> => ({
  pid: process.pid,
  began: await beganOf(process.pid),
});

/** Whether a process still runs. */
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

/** The start of a process, if the system says so, as Linux does; otherwise nothing, and the number has to do. */
async function beganOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A process that has ended and that nobody has asked for yet still has its number.
  return fields[0] === 'Z' ? ENDED : (fields[19] ?? '');
}
