import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Line } from '../../../src/journal/line.ts';
import { MAX_LINE_BYTES, readJournal } from '../../../src/journal/split.ts';
import { idOf, lineOf } from '../../support/lines.ts';

const LF = Buffer.from('\n');
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const one = lineOf({ id: idOf(1), text: 'one' });
const two = lineOf({ id: idOf(2), text: 'two' });

const raws = (lines: readonly Line[]): string[] => lines.map(({ raw }) => raw);
const file = (...parts: (string | Buffer)[]): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)));

describe('a journal', () => {
  test.each<[string, Buffer]>([
    ['lines that LF ends', file(one.raw, '\n', two.raw, '\n')],
    ['a last line without LF', file(one.raw, '\n', two.raw)],
    ['blank lines around', file('\n\n', one.raw, '\n \t\n\r\n', two.raw, '\n\n  ')],
    ['a BOM first', file(BOM, one.raw, '\n', two.raw, '\n')],
    ['a BOM, and blank lines before the first', file(BOM, '\n', one.raw, '\n', two.raw, '\n')],
  ])('of %s holds both lines and no problem', (_, bytes) => {
    const { lines, problems } = readJournal(bytes);
    expect(lines).toEqual([one, two]);
    expect(problems).toEqual([]);
  });

  test.each<[string, Buffer]>([
    ['no bytes', Buffer.alloc(0)],
    ['one LF', LF],
    ['a BOM alone', BOM],
    ['white space', file(' \t\r\n \n\n')],
  ])('of %s holds nothing, and no problem', (_, bytes) => {
    expect(readJournal(bytes)).toEqual({ lines: [], problems: [] });
  });

  test('with CRLF is read, the CR being part of each line', () => {
    const { lines, problems } = readJournal(file(one.raw, '\r\n', two.raw, '\r\n'));
    expect(raws(lines)).toEqual([`${one.raw}\r`, `${two.raw}\r`]);
    expect(lines.map(({ text }) => text)).toEqual(['one', 'two']);
    expect(lines[0]?.hash).not.toBe(one.hash);
    expect(problems).toEqual([]);
  });

  test('is cut at LF alone', () => {
    const odd = lineOf({ text: 'a\u2028b\u2029c\u0085d\u000be\u000cf' });
    expect(readJournal(file(odd.raw, '\n', one.raw, '\n')).lines).toEqual([odd, one]);
    const withLoneReturns = readJournal(file(one.raw, '\r', two.raw, '\n'));
    expect(withLoneReturns.lines).toEqual([]);
    expect(withLoneReturns.problems).toEqual([{ line: 1, reason: expect.stringMatching(/JSON/) }]);
  });

  test.each<[string, Buffer, RegExp]>([
    ['half a line', file(one.raw.slice(0, -9)), /JSON/],
    ['a block of NULs', Buffer.alloc(4096), /JSON/],
    ['invalid UTF-8', file('{"text":"', Buffer.from([0xc3, 0x28]), '"}'), /UTF-8/],
    ['UTF-16', Buffer.from(one.raw, 'utf16le'), /JSON|UTF-8/],
    ['a BOM within the file', file(BOM, one.raw), /JSON/],
    ['conflict marks', file('<<<<<<< HEAD'), /JSON/],
    ['two lines in one', file(one.raw, two.raw), /JSON/],
    ['a line of a later version', file('{"v":2}'), /version 2/],
  ])('with %s between its lines holds the others all the same', (_, garbage, reason) => {
    const { lines, problems } = readJournal(file(one.raw, '\n', garbage, '\n', two.raw, '\n'));
    expect(lines).toEqual([one, two]);
    expect(problems).toEqual([{ line: 2, reason: expect.stringMatching(reason) }]);
  });

  test('names the number that an editor shows, blank lines counted', () => {
    const bytes = file(BOM, '\nx\n', one.raw, '\r\n\r\n\ny\n\nz');
    expect(readJournal(bytes).problems.map(({ line }) => line)).toEqual([2, 6, 8]);
  });

  test('is numbered from the beginning of its later part, which has no BOM', () => {
    const { lines, problems } = readJournal(file('x\n', one.raw, '\n\ny\n'), 41);
    expect(lines).toEqual([one]);
    expect(problems.map(({ line }) => line)).toEqual([41, 44]);
    expect(readJournal(file(BOM, one.raw), 2)).toEqual({
      lines: [],
      problems: [{ line: 2, reason: expect.any(String) }],
    });
  });

  test('with a giant line holds the others, and says which one is too long', () => {
    const giant = lineOf({ text: 'x'.repeat(MAX_LINE_BYTES) });
    const { lines, problems } = readJournal(file(one.raw, '\n', giant.raw, '\n', two.raw, '\n'));
    expect(lines).toEqual([one, two]);
    expect(problems).toEqual([{ line: 2, reason: expect.stringContaining(String(MAX_LINE_BYTES)) }]);
  });

  test('holds a line as long as the longest that is taken, and not one byte more', () => {
    const overhead = Buffer.byteLength(lineOf({ text: '' }).raw);
    const longest = lineOf({ text: 'x'.repeat(MAX_LINE_BYTES - overhead) });
    expect(readJournal(file(longest.raw, '\n')).lines).toHaveLength(1);
    expect(readJournal(file(`${longest.raw} `, '\n')).lines).toHaveLength(0);
  });

  test('of a hundred megabytes without a line end is reported, and nothing next to it is lost', () => {
    const { lines, problems } = readJournal(file(one.raw, '\n', Buffer.alloc(100 * 2 ** 20, 'x')));
    expect(lines).toEqual([one]);
    expect(problems.map(({ line }) => line)).toEqual([2]);
  });

  test('holds a line as often as it is there', () => {
    expect(readJournal(file(one.raw, '\n', one.raw, '\n')).lines).toEqual([one, one]);
  });

  test('never throws, and every good line is found in the middle of garbage', () => {
    const good = fc
      .record({ id: fc.uuid(), text: fc.string({ unit: 'binary' }), returns: fc.boolean() })
      .map(({ id, text, returns }) => ({
        good: true,
        bytes: file(lineOf({ id, text }).raw, returns ? '\r' : ''),
      }));
    const garbage = fc
      .oneof(
        fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
        fc.json().map((text) => Buffer.from(text)),
        fc.constantFrom(Buffer.alloc(7), BOM, file('\r'), file('{"v":1}'), file(one.raw.slice(0, 30))),
      )
      // What holds an LF is more than one line, and none of it may be a line by accident.
      .filter((bytes) => !bytes.includes(0x0a) && !(bytes.includes('"createdAt"') && bytes.includes('"v":1')))
      .map((bytes) => ({ good: false, bytes }));
    fc.assert(
      fc.property(fc.array(fc.oneof(good, garbage), { maxLength: 12 }), fc.boolean(), (parts, ended) => {
        const bytes = Buffer.concat(parts.flatMap((part) => [part.bytes, LF]));
        const whole = ended ? bytes : bytes.subarray(0, -1);
        const { lines, problems } = readJournal(whole);
        const expected = parts.filter((part) => part.good).map((part) => part.bytes.toString());
        expect(raws(lines)).toEqual(expected);
        for (const { line } of problems) expect(parts[line - 1]?.good).toBe(false);
      }),
      { numRuns: 400 },
    );
  });
});
