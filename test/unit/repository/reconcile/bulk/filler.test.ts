import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Part } from '../../../../../src/repository/reconcile/bulk/day-batches.ts';
import type { Filled } from '../../../../../src/repository/reconcile/bulk/fill-part.ts';
import { fillInThreads } from '../../../../../src/repository/reconcile/bulk/filler.ts';
import { contextOf } from '../../../../support/context.ts';
import { temporaryFolder } from '../../../../support/tmp.ts';

const parts: Part[] = Array.from({ length: 20 }, (_, day) => [{ day: String(day), journals: [] }]);
const dayOf = ([first]: Part) => first?.day;

/** Fills all parts by threads that run some script; tells what each part came to, in the order of the parts. */
async function fill(script: string, signal = new AbortController().signal, onEach = () => undefined) {
  const file = join(await temporaryFolder(), 'thread.mjs');
  await writeFile(file, `import { parentPort } from 'node:worker_threads';\n${script}`);
  const troubles: unknown[] = [];
  const told = new Map<string | undefined, Filled | undefined>();
  const filler = fillInThreads(pathToFileURL(file), (error) => troubles.push(error));
  const data = { git: contextOf('.'), repository: 'home', directory: '.' };
  const onFilled = async (part: Part, filled: Filled | undefined) => {
    expect(told.has(dayOf(part))).toBe(false);
    told.set(dayOf(part), filled);
    onEach();
  };
  await filler.fill(data, parts, onFilled, signal);
  return { told: parts.map((part) => told.get(dayOf(part))), troubles, count: told.size };
}

const ANSWER = `parentPort.on('message', (task) => {
  if (!task) return parentPort.close();
  parentPort.postMessage({ staged: undefined, problems: {}, others: [task.part[0].day] });
});`;

test('reports the result of each part, once', async () => {
  const { told, troubles } = await fill(ANSWER);
  expect(told.map((filled) => filled?.others)).toEqual(parts.map((part) => [dayOf(part)]));
  expect(troubles).toEqual([]);
});

test('leaves the parts for which no thread is left, and says why', async () => {
  const { told, troubles, count } = await fill(`parentPort.on('message', ({ part }) => {
    if (Number(part[0].day) >= 4) throw new Error('No memory left');
    parentPort.postMessage({ staged: undefined, problems: {}, others: [] });
  });`);
  expect(count).toBe(parts.length);
  expect(told.map((filled) => filled !== undefined)).toEqual(parts.map((_, index) => index < 4));
  expect(troubles.length).toBeGreaterThan(0);
  for (const trouble of troubles) expect(String(trouble)).toContain('No memory left');
});

test('leaves all parts if the script is missing or ends at once', async () => {
  for (const script of [
    'process.exit(0);',
    "throw new Error('Not today');",
    'import "../../../services/reconciling/filling/not-there.mjs";',
  ]) {
    const { told, troubles, count } = await fill(script);
    expect(count).toBe(parts.length);
    expect(told.every((filled) => filled === undefined)).toBe(true);
    expect(troubles.length).toBeGreaterThan(0);
  }
});

test('reports a surprise while results are taken in, after all threads have ended', async () => {
  let told = 0;
  const failing = fill(ANSWER, undefined, () => {
    told += 1;
    if (told === 2) throw new Error('A broken mirror');
    return undefined;
  });
  await expect(failing).rejects.toThrow('A broken mirror');
});

test('reads for one repository at a time', async () => {
  const file = join(await temporaryFolder(), 'thread.mjs');
  await writeFile(file, `import { parentPort } from 'node:worker_threads';\n${ANSWER}`);
  const filler = fillInThreads(pathToFileURL(file), (error) => expect.unreachable(String(error)));
  const order: string[] = [];
  const fillFor = (repository: string) => {
    const data = { git: contextOf('.'), repository, directory: '.' };
    const onFilled = async () => void order.push(repository);
    return filler.fill(data, parts, onFilled, new AbortController().signal);
  };
  await Promise.all([fillFor('one'), fillFor('two')]);
  expect(order).toEqual([...parts.map(() => 'one'), ...parts.map(() => 'two')]);
});

test('ends at a signal, in the middle of what it reads, and calls that no trouble', async () => {
  const abort = new AbortController();
  const script = `parentPort.on('message', ({ part }) => {
    if (Number(part[0].day) < 3) parentPort.postMessage({ staged: undefined, problems: {}, others: [] });
  });`;
  let told = 0;
  const { count, troubles } = await fill(script, abort.signal, () => {
    told += 1;
    if (told === 3) abort.abort();
    return undefined;
  });
  expect(count).toBe(3);
  expect(troubles).toEqual([]);
});

test('gives the threads nothing of what the program was started with', async () => {
  process.env.A_SECRET_OF_OURS = 'hunter2';
  try {
    const { told } = await fill(`parentPort.on('message', (task) => {
      if (!task) return parentPort.close();
      parentPort.postMessage({ staged: undefined, problems: {}, others: Object.keys(process.env) });
    });`);
    expect(told[0]?.others).toEqual([]);
  } finally {
    delete process.env.A_SECRET_OF_OURS;
  }
});
