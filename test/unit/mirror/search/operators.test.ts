import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tagsOf } from '../../../../src/domain/message.ts';
import type { Revision } from '../../../../src/journal/line.ts';
import { Database } from '../../../../src/mirror/database.ts';
import type { Entry } from '../../../../src/mirror/entry.ts';
import { queryMirror } from '../../../../src/mirror/query.ts';
import { entryOf, idOf, lineAfter, lineOf } from '../../../support/lines.ts';
import { put } from '../../../support/mirror.ts';
import { termsOf } from '../../../support/terms.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

/** A message as a test knows it: what a search may ask for, written down apart from the program. */
interface Known {
  readonly entry: Entry;
  readonly said: Partial<Revision>;
  readonly isDeleted: boolean;
  readonly day: string;
}

const WORDS = ['cat', 'dog', 'Straße', 'http', 'see https://example.org/a', '#pet', '日本'];
const DAY_MS = 86_400_000;
/** More than a shard takes, so that there are several. */
const MANY = 1500;
const RARE = 307;

/**
 * The bits of a number decide what a message is. In some places every combination comes. Elsewhere each of them is rare,
 * so that a search can pass over most of a shard.
 */
function known(number: number): Known {
  const bits = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  const isDense = number % 500 < 20;
  const has = (bit: number) => (isDense ? ((bits >>> bit) & 1) === 1 : number % RARE === bit);
  const day = new Date(Date.UTC(2026, 0, 1) + Math.floor(number / 30) * DAY_MS).toISOString().slice(0, 10);
  const type = has(3) ? 'task' : has(4) ? 'link' : 'text';
  const file = { sha256: '0'.repeat(64), name: 'a.txt', type: 'text/plain', size: 1 };
  const said: Partial<Revision> = {
    id: idOf(number),
    author: has(1) ? 'Ann' : 'Bo',
    type,
    text: WORDS.filter((_, index) => has(9 + index)).join(' ') || 'nothing',
    createdAt: `${day}T12:00:00.${String(number % 1000).padStart(3, '0')}Z`,
    ...(has(7) ? { attachments: [file] } : {}),
    ...(type === 'task' ? { done: has(17) } : {}),
    ...(type === 'link' ? { url: 'https://example.org' } : {}),
    ...(has(18) ? { replyTo: idOf(0) } : {}),
    ...(has(19) ? { pinned: true } : {}),
  };
  const first = lineOf(has(22) ? { ...said, text: 'cat before', pinned: true } : said);
  const second = lineAfter([first], said);
  const isDeleted = has(24) || has(10);
  const gone = lineAfter([second], {
    ...said,
    text: '',
    updatedAt: '2026-06-01T00:00:00.000Z',
    deletedAt: '2026-06-01T00:00:00.000Z',
  });
  return { entry: entryOf([first, second, ...(isDeleted ? [gone] : [])]), said, isDeleted, day };
}

const OPERATORS: Record<string, (message: Known) => boolean> = {
  cat: ({ said }) => said.text?.includes('cat') ?? false,
  strasse: ({ said }) => said.text?.includes('Straße') ?? false,
  日: ({ said }) => said.text?.includes('日') ?? false,
  'from:ann': ({ said }) => said.author === 'Ann',
  'tag:pet': ({ said }) => tagsOf(said.text ?? '').includes('pet'),
  'type:task': ({ said }) => said.type === 'task',
  'in:home': () => true,
  'before:2026-01-20': ({ day }) => day < '2026-01-20',
  'after:2026-02': ({ day }) => day >= '2026-02-01',
  'has:attachment': ({ said }) => said.attachments !== undefined,
  'has:link': ({ said }) => said.type === 'link' || (said.text?.includes('https://') ?? false),
  'is:pinned': ({ said }) => said.pinned === true,
  'is:open': ({ said }) => said.type === 'task' && !said.done,
  'is:reply': ({ said }) => said.replyTo !== undefined,
  'is:deleted': ({ isDeleted }) => isDeleted,
};

interface Asked {
  readonly name: string;
  readonly exclude: boolean;
}

/** What a search should find, by looking at every message. */
function naive(all: readonly Known[], groups: readonly (readonly Asked[])[]): string[] {
  const withDeleted = groups.flat().some(({ name, exclude }) => name === 'is:deleted' && !exclude);
  const passes = (message: Known) =>
    groups.every((group) => group.some(({ name, exclude }) => OPERATORS[name]?.(message) !== exclude));
  return all
    .filter((message) => (withDeleted || !message.isDeleted) && passes(message))
    .map(({ entry }) => entry.id)
    .sort();
}

const all = Array.from({ length: MANY }, (_, number) => known(number));
async function find(database: Database, search: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of queryMirror(database, { terms: termsOf(search) })) ids.push(id);
  return ids.sort();
}

test('a search finds what a look at every message finds', async () => {
  const asked = fc.record({ name: fc.constantFrom(...Object.keys(OPERATORS)), exclude: fc.boolean() });
  const groups = fc.array(fc.array(asked, { minLength: 1, maxLength: 3 }), { maxLength: 3 });
  const spelled = (given: readonly (readonly Asked[])[]) =>
    given
      .map((group) => group.map(({ name, exclude }) => (exclude ? '-' : '') + name).join(' OR '))
      .join(' ');
  const wanted = (name: string): Asked => ({ name, exclude: false });
  const examples = [
    ...Object.keys(OPERATORS).map((name) => [[wanted(name)]]),
    ...[
      ['cat', 'type:task'],
      ['is:pinned', 'from:ann'],
      ['has:link', 'tag:pet', 'before:2026-01-20'],
    ].map((names) => [names.map(wanted)]),
  ];
  const folder = join(await temporaryFolder(), 'mirror');
  const writing = await Database.open(folder);
  for (const { entry } of all) await put(writing, entry);
  await writing.close();
  await fc.assert(
    fc.asyncProperty(groups, async (given) => {
      // Nothing is in memory yet, so that only what may be found is read.
      const database = await Database.open(folder);
      expect(await find(database, spelled(given)), spelled(given)).toEqual(naive(all, given));
      await database.close();
    }),
    { numRuns: 60, examples: examples.map((one) => [one]) },
  );
});
