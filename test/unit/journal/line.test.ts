import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { parentName, parseLine, type Revision, readLine, toLine } from '../../../src/journal/line.ts';
import { lineOf, readable } from '../../support/lines.ts';
import { RAW_ID as ID, rawLine as raw, sha256 } from '../../support/raw-line.ts';

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
    expect(line.hash).toBe(sha256(broken));
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
