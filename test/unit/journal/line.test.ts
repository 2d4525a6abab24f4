import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  isUnreadable,
  parentName,
  parseLine,
  type Revision,
  readLine,
  toLine,
} from '../../../src/journal/line.ts';
import { lineOf, readable } from '../../support/lines.ts';

const ID = '0192f0c1-7c00-7000-8000-0123456789ab';

/** The members that a readable line can't do without, as JSON, with some replaced or added. */
function raw(members: Record<string, string | undefined> = {}): string {
  const all = {
    v: '1',
    id: JSON.stringify(ID),
    revision: '1',
    text: '"Hello"',
    createdAt: '"2026-11-22T10:00:00.000Z"',
    ...members,
  };
  const present = Object.entries(all).filter(([, value]) => value !== undefined);
  return `{${present.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`;
}

function reasonOf(bytes: string | Buffer): string {
  const line = parseLine(Buffer.from(bytes));
  return isUnreadable(line) ? line.reason : 'READABLE';
}

/** What an edit that changes nothing would write of a line: the same fields, once more. */
const written = (bytes: string): string => toLine(readable(bytes)).raw;

describe('a line of others with half of a surrogate pair', () => {
  const broken = raw({
    text: '"high \\ud800, low \\uDC00, both \\ud83d\\ude00, none \\\\ud800"',
    author: '"A\\udfff"',
    '"x\\udbff"': '1',
  }).replace('"\\"x\\\\udbff\\"":1', '"x\\udbff":{"\\ud801":["\\udbff","\\ud83d\\ude00"]}');

  test('is read with U+FFFD in its place, and keeps its bytes and its hash', () => {
    const line = readable(broken);
    expect(line.text).toBe('high \ufffd, low \ufffd, both 😀, none \\ud800');
    expect(line.author).toBe('A\ufffd');
    expect(line.others).toEqual([['x\ufffd', '{"\\ufffd":["\\ufffd","\\ud83d\\ude00"]}']]);
    expect(line.raw).toBe(broken);
    expect(line.hash).toBe(createHash('sha256').update(broken).digest('hex'));
  });

  test('is written again as what every program can read', () => {
    const again = JSON.parse(written(broken)) as Record<string, unknown>;
    expect(JSON.stringify(again)).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/i);
    expect(written(written(broken))).toBe(written(broken));
  });
});

describe('a line as it is written', () => {
  test('is, for a first revision, byte for byte what the format says', () => {
    const line = toLine({
      others: [],
      createdAt: '2026-11-22T10:00:00.000Z',
      text: 'Hello',
      type: 'text',
      author: 'Ann',
      parents: [],
      revision: 1,
      id: ID,
    });
    expect(line.raw).toBe(
      `{"v":1,"id":"${ID}","revision":1,"author":"Ann","type":"text","text":"Hello","createdAt":"2026-11-22T10:00:00.000Z"}`,
    );
  });

  test('is, for an edit, byte for byte what the format says', () => {
    const line = toLine({
      id: ID,
      revision: 2,
      parents: ['9f2c61d07be1a4c3'],
      author: 'Ann',
      type: 'text',
      text: 'Hello all',
      createdAt: '2026-11-22T10:00:00.000Z',
      updatedAt: '2026-11-22T10:05:00.000Z',
      others: [],
    });
    expect(line.raw).toBe(
      `{"v":1,"id":"${ID}","revision":2,"parents":["9f2c61d07be1a4c3"],"author":"Ann","type":"text","text":"Hello all","createdAt":"2026-11-22T10:00:00.000Z","updatedAt":"2026-11-22T10:05:00.000Z"}`,
    );
  });

  test('has all keys in the order of the format, then the unknown ones', () => {
    const line = toLine({
      others: [
        ['zeta', '1'],
        ['alpha', '{"b":1,"a":[null,2]}'],
      ],
      deletedAt: '2026-11-22T10:06:00.000Z',
      updatedAt: '2026-11-22T10:06:00.000Z',
      createdAt: '2026-11-22T10:00:00.000Z',
      replyTo: ID,
      text: '',
      done: false,
      url: 'https://example.org/',
      language: 'ts',
      type: 'task',
      author: 'Ann',
      parents: ['9f2c61d07be1a4c3', '0000000000000000'],
      revision: 3,
      id: ID,
    });
    expect(line.raw).toBe(
      `{"v":1,"id":"${ID}","revision":3,"parents":["9f2c61d07be1a4c3","0000000000000000"],"author":"Ann",` +
        `"type":"task","language":"ts","url":"https://example.org/","done":false,"text":"","replyTo":"${ID}",` +
        '"createdAt":"2026-11-22T10:00:00.000Z","updatedAt":"2026-11-22T10:06:00.000Z",' +
        '"deletedAt":"2026-11-22T10:06:00.000Z","zeta":1,"alpha":{"b":1,"a":[null,2]}}',
    );
  });

  test.each([
    ['an astral character', '😀', '😀'],
    ['NUL, tab, line ends and escape', '\0\t\n\r\x1b', '\\u0000\\t\\n\\r\\u001b'],
    ['quotes and backslashes', '"\\', '\\"\\\\'],
    ['separators that JSON takes as they are', '\u2028\u2029\u0085\ufeff', '\u2028\u2029\u0085\ufeff'],
  ])('holds %s on one line, and reads it back', (_, text, json) => {
    const line = lineOf({ text });
    expect(line.raw).toContain(`"text":"${json}"`);
    expect(line.raw).not.toMatch(/[\r\n]/);
    expect(readable(line.raw)).toEqual(line);
  });

  test('reads back as what was written, whatever it says', () => {
    fc.assert(
      fc.property(anyRevision(), (revision) => {
        const line = toLine(revision);
        expect(line.raw).not.toContain('\n');
        expect(line.hash).toBe(sha256(Buffer.from(line.raw)));
        expect(parseLine(Buffer.from(line.raw))).toEqual({ ...revision, raw: line.raw, hash: line.hash });
        expect(readLine(line.raw)).toEqual(line);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the hash of a line', () => {
  test('is the SHA-256 of its bytes, and `parents` name its first 16 hex digits', () => {
    // Made with `printf '%s' … | sha256sum`, for a line with two bytes a character in it.
    const bytes = `{"v":1,"id":"${ID}","revision":1,"author":"Zoë","type":"text","text":"é","createdAt":"2026-11-22T10:00:00.000Z"}`;
    expect(readable(bytes).hash).toBe(sha256(Buffer.from(bytes)));
    expect(readable(bytes).hash).toMatch(/^[0-9a-f]{64}$/);
    expect(parentName(sha256(Buffer.from('')))).toBe('e3b0c44298fc1c14');
  });

  test('is of the bytes as they stand, not of what they mean', () => {
    const spaced = raw().replaceAll(',', ' , ');
    expect(readable(spaced)).toMatchObject({ raw: spaced, hash: sha256(Buffer.from(spaced)) });
    const withReturn = `${raw()}\r`;
    expect(readable(withReturn)).toMatchObject({ raw: withReturn, hash: sha256(Buffer.from(withReturn)) });
    expect(readable(withReturn).hash).not.toBe(readable(raw()).hash);
  });
});

describe('unknown keys', () => {
  test.each([
    ['one after the other', { zeta: '1', alpha: '2', mid: 'null' }],
    ['`__proto__`', { ['__proto__']: '{"a":1}' }],
    ['`constructor` and its kind', { constructor: '"x"', toString: 'true', hasOwnProperty: '[]' }],
    ['an empty one', { '': '0.5' }],
    ['nested `__proto__`', { meta: '{"__proto__":{"b":[1,{"c":null}]},"a":"😀"}' }],
    ['capitals of known ones', { Text: '"other"', V: '2', ID: '"x"' }],
  ])('are kept through edits: %s', (_, others) => {
    // Built by hand: an object literal would lose `__proto__`.
    const members = Object.entries(others).map(([key, value]) => `${JSON.stringify(key)}:${value}`);
    const bytes = `${raw({ author: undefined }).slice(0, -1)},${members.join(',')}}`;
    expect(readable(bytes).text).toBe('Hello');
    expect(written(bytes).endsWith(`,${members.join(',')}}`)).toBe(true);
    expect(Object.getPrototypeOf(readable(bytes))).toBe(Object.prototype);
  });

  test('come last, however they stood between the others', () => {
    const bytes = `{"b":1,"v":1,"x":[],"createdAt":"2026-11-22T10:00:00.000Z","text":"t","a":2,"revision":1,"id":"${ID}"}`;
    expect(readable(bytes).others.map(([key]) => key)).toEqual(['b', 'x', 'a']);
    expect(written(bytes).endsWith('"createdAt":"2026-11-22T10:00:00.000Z","b":1,"x":[],"a":2}')).toBe(true);
  });

  test('keep the order in which they came where they look like numbers', () => {
    const bytes = `${raw().slice(0, -1)},"b":1,"10":2,"9":3}`;
    expect(readable(bytes).others.map(([key]) => key)).toEqual(['b', '10', '9']);
  });

  test.each(['12345678901234567890', '1e400', '-0', '0.10000000000000000001'])(
    'keep the number %s as it was written',
    (number) => {
      expect(written(`${raw().slice(0, -1)},"n":${number}}`)).toContain(`"n":${number}}`);
    },
  );

  test('are kept, and not looked at before they are asked for', () => {
    const members = Array.from({ length: 1000 }, (_, n) => `"k${n}":${n}`).join();
    const bytes = `${raw().slice(0, -1)},${members}}`;
    const others = () => Object.getOwnPropertyDescriptor(readable(bytes), 'others');
    expect(others()).toMatchObject({ get: expect.any(Function), enumerable: true });
    expect({ ...readable(bytes) }.others).toHaveLength(1000);
    expect(written(bytes).endsWith(`,${members}}`)).toBe(true);
  });

  test('are kept however deep they go', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const bytes = `${raw().slice(0, -1)},"deep":${deep}}`;
    expect(readable(bytes).text).toBe('Hello');
    expect(written(bytes).endsWith(`"deep":${deep}}`)).toBe(true);
  });
});

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

describe('dates', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  // Any two clones that hold the same lines show the same messages, wherever they are.
  test.each(['2026-11-22T10:00:00', '2026-11-22 10:00', 'Nov 22, 2026 10:00', '2026/11/22'])(
    'mean the same on every machine, or nothing: %s',
    (createdAt) => {
      const read = ['Pacific/Auckland', 'America/New_York'].map((name) => {
        process.env.TZ = name;
        return parseLine(Buffer.from(raw({ createdAt: JSON.stringify(createdAt) })));
      });
      expect(read[0]).toEqual(read[1]);
    },
  );
});

describe('readLine', () => {
  test('throws if the mirror holds a line that cannot be read', () => {
    expect(() => readLine('{}')).toThrow(/"v"/);
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Any Unicode text. */
function anyText() {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 });
  return fc.oneof(
    fc.string({ unit: 'binary' }),
    units.map((codes) => String.fromCharCode(...codes).replace(/\p{Surrogate}/gu, '\ufffd')),
  );
}

function anyDate() {
  const [min, max] = [new Date('1970-01-01T00:00:00.000Z'), new Date('9999-12-31T23:59:59.999Z')];
  return fc.date({ min, max, noInvalidDate: true }).map((date) => date.toISOString());
}

function anyRevision(): fc.Arbitrary<Revision> {
  const known =
    'v id revision parents author type language url done text replyTo createdAt updatedAt deletedAt';
  const keys = fc
    .oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'valueOf', ''))
    // Keys that look like numbers have a test of their own.
    .filter((key) => !known.split(' ').includes(key) && !/^\d+$/.test(key));
  const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);
  return fc.record(
    {
      id: fc.uuid(),
      revision: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      parents: fc.array(
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((hash) => hash.toString(16).padStart(16, '0')),
        { maxLength: 3 },
      ),
      author: anyText(),
      type: fc.oneof(fc.constantFrom('text', 'markdown', 'code', 'link', 'task'), anyText()),
      language: anyText(),
      url: fc.webUrl(),
      done: fc.boolean(),
      text: anyText(),
      replyTo: fc.uuid(),
      createdAt: anyDate(),
      updatedAt: anyDate(),
      deletedAt: anyDate(),
      others: fc.uniqueArray(
        fc.tuple(
          keys,
          json.map((value) => JSON.stringify(value)),
        ),
        { selector: ([key]) => key, maxLength: 4 },
      ),
    },
    { requiredKeys: ['id', 'revision', 'parents', 'author', 'type', 'text', 'createdAt', 'others'] },
  );
}

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
