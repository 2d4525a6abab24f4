import { readdir, readFile } from 'node:fs/promises';

/** What a git process and the helpers it started have done so far. */
export interface Activity {
  /** Grows with the processor time and bytes that they use. An equal value means that they did nothing. */
  readonly used: number;
  /** Whether one of them is waiting for the disk right now. */
  readonly waitsForDisk: boolean;
}

/** The activity of all processes of a group; `undefined` if the system does not reveal it. Only Linux does. */
export async function activityOf(group: number): Promise<Activity | undefined> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return undefined;
  const members = (await Promise.all(pids.map((pid) => memberOf(group, pid)))).flatMap((one) => one ?? []);
  return {
    used: members.reduce((sum, { used }) => sum + used, 0),
    waitsForDisk: members.some(({ state }) => state === 'D'),
  };
}

async function memberOf(group: number, pid: string) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of a program may contain anything, including spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (Number(fields[2]) !== group) return undefined;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const io = await readFile(`/proc/${pid}/io`, 'utf8').catch(() => '');
  const bytes = [...io.matchAll(/: (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
  return { state: fields[0], used: ticks + bytes };
}
