import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MESSAGE_TYPES } from '../../src/domain/message.ts';
import { isWellFormed } from '../../src/domain/unicode.ts';
import { fold } from '../../src/journal/fold.ts';
import type { Line } from '../../src/journal/line.ts';
import { deletedLine, editedLine, firstLine } from '../../src/journal/revisions.ts';
import type { Api } from '../support/api.ts';
import { importFile } from '../support/exports/import.ts';
import { hashOf, upload } from '../support/files.ts';
import { rounds } from '../support/rounds.ts';
import { startSmallApp } from '../support/small-app.ts';
import { nastyTexts } from '../support/texts.ts';
import { temporaryFolder } from '../support/tmp.ts';

const FILES = ['one', 'two\n', '\u0000\u0001'].map((text) => Buffer.from(text));
const attachment = fc.constantFrom(...FILES).map((bytes) => ({
  ...{ sha256: hashOf(bytes), name: 'a "file".txt', size: bytes.length },
  type: bytes.includes(0) ? 'application/octet-stream' : 'text/plain',
}));
const text = fc
  .oneof(
    fc.constantFrom(...nastyTexts.map(([, nasty]) => nasty)),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
  )
  .filter((words) => /\S/u.test(words) && isWellFormed(words));
const time = fc.integer({ min: 0, max: 253_402_300_799_999 }).map((at) => new Date(at).toISOString());
const content = fc.record(
  {
    author: fc.constantFrom('Ann', 'Ünï ☃', '<b>"x"'),
    type: fc.constantFrom(...MESSAGE_TYPES),
    text,
    language: fc.constant('ts'),
    url: fc.constant('https://example.org/?a=1&b="'),
    done: fc.boolean(),
    replyTo: fc.uuid({ version: 7 }),
    tags: fc.uniqueArray(fc.constantFrom('a', 'b-c', 'ü'), { maxLength: 3 }),
    attachments: fc.uniqueArray(attachment, { maxLength: 3, selector: ({ sha256 }) => sha256 }),
    pinned: fc.boolean(),
  },
  { requiredKeys: ['author', 'type', 'text', 'url'] },
);

/** The lines of a message: edits and deletes follow what is known by then, or only the first line, which is a conflict. */
const message = fc
  .record({
    id: fc.uuid({ version: 7 }),
    first: content,
    createdAt: time,
    later: fc.array(fc.record({ edit: fc.option(content), at: time, isFork: fc.boolean() }), {
      maxLength: 5,
    }),
  })
  .map(({ id, first, createdAt, later }) => {
    const lines: Line[] = [firstLine({ ...first, id, createdAt } as Parameters<typeof firstLine>[0])];
    for (const { edit, at, isFork } of later) {
      const known = fold(isFork ? lines.slice(0, 1) : lines);
      lines.push(
        edit ? editedLine(known, edit as Parameters<typeof editedLine>[1], at) : deletedLine(known, at),
      );
    }
    return lines.map(({ raw }) => raw);
  });

const exported = async (api: Api) => (await api.get('/export?revisions=all')).text;

/** Everything that readers see of a message, but where it is. */
async function seen(api: Api) {
  const messages = (await api.messages()).map(({ deliveries: _, ...one }) => one);
  const lines = (await exported(api)).split('\n').filter(Boolean);
  const ids = [...new Set(lines.map((raw) => JSON.parse(raw).id as string))];
  const histories = new Map<string, unknown>();
  for (const id of ids)
    histories.set(
      id,
      (await api.history(id)).map(({ commits: _, ...revision }) => revision),
    );
  return { messages, histories };
}

test('any archive, exported with all revisions and imported elsewhere in any order, is the same', async () => {
  const { api: from } = await startSmallApp(await temporaryFolder());
  const { api: to } = await startSmallApp(await temporaryFolder());
  for (const bytes of FILES) for (const api of [from, to]) await upload(api, bytes, 'file');
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 6 }),
      fc.integer(),
      async (archive, seed) => {
        const raws = archive.flat();
        await importFile(from, '?confirm=true&format=gitpost', `${raws.join('\n')}\n`);
        const all = await exported(from);
        const lines = all.split('\n').filter(Boolean);
        expect(new Set(lines).size).toBe(lines.length);
        expect(lines).toEqual(expect.arrayContaining([...new Set(raws)]));
        const shuffled = lines
          .map((line, index) => ({ line, place: Math.imul(index + 1, seed | 1) >>> 0 }))
          .sort((a, b) => a.place - b.place)
          .map(({ line }) => `${line}\n`);
        await importFile(to, '?confirm=true&format=gitpost', shuffled.join(''));
        expect(await exported(to)).toBe(all);
        expect(await seen(to)).toEqual(await seen(from));
      },
    ),
    { numRuns: rounds(5, 60) },
  );
});
