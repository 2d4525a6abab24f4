import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnreadable, parseLine } from '../../../src/journal/line.ts';
import { readable } from '../../support/lines.ts';
import { RAW_ID as ID, rawLine as raw, sha256 } from '../../support/raw-line.ts';

function reasonOf(bytes: string | Buffer): string {
  const line = parseLine(Buffer.from(bytes));
  return isUnreadable(line) ? line.reason : 'READABLE';
}

describe('lenient reading', () => {
  test('needs no more than `v`, `id`, `revision`, `text` and `createdAt`, in any order', () => {
    const bytes = ` { "text" : "" ,\t"revision":3.0, "createdAt":"2026-11-22", "id":"${ID}","v":1 } `;
    expect(readable(bytes)).toEqual({
      hash: sha256(Buffer.from(bytes)),
      raw: bytes,
      id: ID,
      revision: 3,
      parents: [],
      author: '',
      type: 'text',
      text: '',
      createdAt: '2026-11-22T00:00:00.000Z',
      others: [],
    });
  });

  test.each<[string, Record<string, string>, object]>([
    ['an id in capitals', { id: `"${ID.toUpperCase()}"` }, { id: ID }],
    ['a UUID of another version', { id: '"00000000-0000-0000-0000-000000000000"' }, { revision: 1 }],
    ['an escaped key', { te: '1', 'te\u0078t': '"seen"' }, { text: 'seen' }],
    ['an unknown type', { type: '"poll"' }, { type: 'poll' }],
    ['a type that is no string', { type: '5' }, { type: 'text' }],
    ['an author that is no string', { author: '{}' }, { author: '' }],
    [
      'an author beyond all limits',
      { author: `"${'x'.repeat(500)}\\n"` },
      { author: `${'x'.repeat(500)}\n` },
    ],
    ['an edit without parents', { revision: '7' }, { revision: 7, parents: [] }],
    ['parents that are none', { parents: '"9f2c61d07be1a4c3"' }, { parents: [] }],
    [
      'some parents that are none',
      { parents: '["9f2c61d07be1a4c3",5,"short","0000000000000000"]' },
      { parents: ['9f2c61d07be1a4c3', '0000000000000000'] },
    ],
    [
      'a date with an offset',
      { createdAt: '"2026-11-22T10:00:00+02:00"' },
      { createdAt: '2026-11-22T08:00:00.000Z' },
    ],
    [
      'a date before 1970',
      { createdAt: '"1969-12-31T23:59:59.999Z"' },
      { createdAt: '1969-12-31T23:59:59.999Z' },
    ],
    ['no updatedAt in an edit', { revision: '2' }, { createdAt: '2026-11-22T10:00:00.000Z' }],
    [
      'a delete that has text',
      { revision: '2', deletedAt: '"2026-11-22T10:00:00Z"' },
      { text: 'Hello', deletedAt: '2026-11-22T10:00:00.000Z' },
    ],
    ['text of nothing but white space', { text: '" \\n"' }, { text: ' \n' }],
    [
      'the largest whole number that JavaScript counts with',
      { revision: '9007199254740991' },
      { revision: 9007199254740991 },
    ],
  ])('takes %s', (_, members, expected) => {
    expect(readable(raw(members))).toMatchObject(expected);
  });

  test('leaves out the fields that have the wrong type', () => {
    const line = readable(raw({ language: '1', url: 'null', done: '"yes"', replyTo: '[]' }));
    for (const key of ['language', 'url', 'done', 'replyTo']) expect(line).not.toHaveProperty(key);
  });

  test('takes the revision that follows the largest that JavaScript counts one by one', () => {
    // An edit of a line with revision 2^53 - 1 has this one, and must not be lost once it is committed.
    expect(reasonOf(raw({ revision: '9007199254740992' }))).toBe('READABLE');
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['nothing that is JSON', 'Hello', /not valid JSON/],
    ['half a line', raw().slice(0, -1), /not valid JSON/],
    ['two values', `${raw()}{}`, /not valid JSON/],
    ['a BOM', `\ufeff${raw()}`, /not valid JSON/],
    ['NULs', Buffer.alloc(64), /not valid JSON/],
    ['invalid UTF-8', Buffer.from(raw(), 'utf8').fill(0xff, 5, 6), /not valid UTF-8/],
    [
      'a surrogate in UTF-8',
      Buffer.concat([Buffer.from('"'), Buffer.from('eda080', 'hex'), Buffer.from('"')]),
      /UTF-8/,
    ],
    ['an array', `[${raw()}]`, /not a JSON object/],
    ['null', 'null', /not a JSON object/],
    ['a number', '1', /not a JSON object/],
    ['a string', '"{}"', /not a JSON object/],
    ['no v', raw({ v: undefined }), /"v"/],
    ['a v of 0', raw({ v: '0' }), /"v"/],
    ['a v that is a string', raw({ v: '"1"' }), /"v"/],
    ['a v of true', raw({ v: 'true' }), /"v"/],
    ['no id', raw({ id: undefined }), /UUID/],
    ['an id that is none', raw({ id: '"1"' }), /UUID/],
    ['an id in braces', raw({ id: `"{${ID}}"` }), /UUID/],
    ['an id with a line end', raw({ id: `"${ID}\\n"` }), /UUID/],
    ['an id in a list', raw({ id: `["${ID}"]` }), /UUID/],
    ['no revision', raw({ revision: undefined }), /revision/],
    ['revision 0', raw({ revision: '0' }), /revision/],
    ['revision -1', raw({ revision: '-1' }), /revision/],
    ['revision 1.5', raw({ revision: '1.5' }), /revision/],
    ['revision "1"', raw({ revision: '"1"' }), /revision/],
    ['revision 1e999', raw({ revision: '1e999' }), /revision/],
    ['no text', raw({ text: undefined }), /text/],
    ['null as text', raw({ text: 'null' }), /text/],
    ['a list as text', raw({ text: '["Hello"]' }), /text/],
    ['no createdAt', raw({ createdAt: undefined }), /createdAt/],
    ['a number as createdAt', raw({ createdAt: '1763805600000' }), /createdAt/],
    ['words as createdAt', raw({ createdAt: '"yesterday"' }), /createdAt/],
    ['words as updatedAt', raw({ updatedAt: '"soon"' }), /updatedAt/],
    ['null as deletedAt', raw({ deletedAt: 'null' }), /deletedAt/],
  ])('says why it can not read %s', (_, bytes, reason) => {
    expect(reasonOf(bytes)).toMatch(reason);
  });

  test.each([raw({ v: '2' }), '{"v":2}', '{"v":99,"id":5,"text":null}'])(
    'names the version of a line that needs a newer program: %s',
    (bytes) => {
      expect(reasonOf(bytes)).toMatch(/version (2|99)\b/);
    },
  );

  test('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged()), (bytes) => {
        expect(parseLine(Buffer.from(bytes))).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});

/** A good line with some bytes replaced. */
function damaged() {
  const bytes = Buffer.from(raw({ author: '"Ann"', parents: '["9f2c61d07be1a4c3"]' }));
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = Buffer.from(bytes);
    for (const [at, value] of changes) copy[at] = value;
    return copy;
  });
}
