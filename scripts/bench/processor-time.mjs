// The processor time of a process and of all processes that it has started. Only Linux tells it.
import { readdirSync, readFileSync } from 'node:fs';

/** A tick of the clock that Linux counts in, on every machine that people have. */
const MS_A_TICK = 10;

/** Milliseconds, `NaN` if the system does not tell. Of a process that has ended and was waited for, its parent has it. */
export function processorTimeOf(pid) {
  const all = processes();
  const own = all.get(pid);
  if (own === undefined) return Number.NaN;
  return MS_A_TICK * [own, ...descendantsOf(pid, all)].reduce((sum, { ticks }) => sum + ticks, 0);
}

/** What a process has waited for: all that ran in it to its end. */
export function childrenTime() {
  return MS_A_TICK * (processes().get(process.pid)?.waitedFor ?? Number.NaN);
}

function* descendantsOf(pid, all) {
  for (const [child, found] of all) {
    if (found.parent !== pid) continue;
    yield found;
    yield* descendantsOf(child, all);
  }
}

function processes() {
  const found = new Map();
  for (const name of namesIn('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = fieldsOf(name);
    if (fields === undefined) continue;
    const [parent, user, system, waitedUser, waitedSystem] = [1, 11, 12, 13, 14].map((at) =>
      Number(fields[at]),
    );
    const waitedFor = waitedUser + waitedSystem;
    found.set(Number(name), { parent, ticks: user + system + waitedFor, waitedFor });
  }
  return found;
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The fields after the name of the program, which may hold anything. */
function fieldsOf(pid) {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
