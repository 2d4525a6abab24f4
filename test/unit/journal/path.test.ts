import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, deviceOfPath, isJournal, oldestFirst, segmentPath } from '../../../src/journal/path.ts';
import { lineAfter, lineOf, readable } from '../../support/lines.ts';

describe('the path of a segment', () => {
  test.each([
    ['ann-laptop-x1y2z3', '2026-11-22', 1, 'messages/2026-11/ann-laptop-x1y2z3.2026-11-22.jsonl'],
    ['ann-laptop-x1y2z3', '2026-11-22', 2, 'messages/2026-11/ann-laptop-x1y2z3.2026-11-22.2.jsonl'],
    ['a', '1970-01-01', 12, 'messages/1970-01/a.1970-01-01.12.jsonl'],
    ['a', '9999-12-31', 1, 'messages/9999-12/a.9999-12-31.jsonl'],
  ])('of %s on %s, number %i, is %s', (device, day, number, path) => {
    expect(segmentPath(device, day, number)).toBe(path);
    expect(isJournal(path)).toBe(true);
    expect(deviceOfPath(path)).toBe(device);
  });
});

describe('the day of a line', () => {
  const first = lineOf({ createdAt: '2026-11-22T23:59:59.999Z' });

  test('is that of `createdAt` in a first revision', () => {
    expect(dayOf(first)).toBe('2026-11-22');
  });

  test('is that of `updatedAt` in a later one', () => {
    expect(dayOf(lineAfter([first], { updatedAt: '2027-01-01T00:00:00.000Z' }))).toBe('2027-01-01');
  });

  test('is the UTC day, whatever offset the line was written with', () => {
    const raw = first.raw.replace('2026-11-22T23:59:59.999Z', '2026-11-23T01:30:00+02:00');
    expect(dayOf(readable(raw))).toBe('2026-11-22');
  });

  // Another program's line is copied to other repositories as it is, so it must have a path that can be written.
  test.each([
    '1969-12-31T23:59:59.999Z',
    '0000-01-01T00:00:00.000Z',
    '-000001-12-31T00:00:00.000Z',
    '+010000-01-01T00:00:00.000Z',
    '+275760-09-13T00:00:00.000Z',
  ])('makes a path that a device gives, also for %s', (createdAt) => {
    const line = readable(first.raw.replace(first.createdAt, createdAt));
    const path = segmentPath('ann-x1y2z3', dayOf(line), 1);
    expect(path).not.toMatch(/\/\//);
    expect(deviceOfPath(path)).toBe('ann-x1y2z3');
  });
});

describe('a journal', () => {
  test.each([
    ['messages/2026-11/ann-x1y2z3.2026-11-22.jsonl', true],
    ['messages/other program.jsonl', true],
    ['messages/ä/😀.jsonl', true],
    ['messages/a/b/c/d/e.jsonl', true],
    ['messages/.jsonl', true],
    ['messages/a.jsonl.bak', false],
    ['messages/a.json', false],
    ['messages.jsonl', false],
    ['messages', false],
    ['other/messages/a.jsonl', false],
    ['messages2/a.jsonl', false],
    ['Messages/a.jsonl', false],
    ['', false],
  ])('%j: %s', (path, expected) => {
    expect(isJournal(path)).toBe(expected);
  });
});

describe('the device of a path', () => {
  test.each([
    ['messages/2026-11/ann-x1y2z3.2026-11-22.jsonl', 'ann-x1y2z3'],
    ['messages/2026-11/ann-x1y2z3.2026-11-22.10.jsonl', 'ann-x1y2z3'],
    [`messages/2026-11/${'a'.repeat(32)}.2026-11-22.jsonl`, 'a'.repeat(32)],
    [`messages/2026-11/${'a'.repeat(33)}.2026-11-22.jsonl`, undefined],
    ['messages/2026/11/ann-x1y2z3.2026-11-22.jsonl', 'ann-x1y2z3'],
    ['messages/2026/ann-x1y2z3.2026-11-22.jsonl', undefined],
    ['messages/2026-11/Ann.2026-11-22.jsonl', undefined],
    ['messages/2026-11/ann.b.2026-11-22.jsonl', undefined],
    ['messages/2026-11/.2026-11-22.jsonl', undefined],
    ['messages/2026-11/ann.2026-11-22..jsonl', undefined],
    ['messages/2026-11/ann.2026-11-22.2.jsonl.jsonl', undefined],
    ['messages/2026-11/ann.jsonl', undefined],
    ['messages/ann.2026-11-22.jsonl', undefined],
    ['x/messages/2026-11/ann.2026-11-22.jsonl', undefined],
    ['messages/2026-11/ann.2026-11-22.jsonl\n', undefined],
  ])('%j is %s', (path, expected) => {
    expect(deviceOfPath(path)).toBe(expected);
  });

  test('is read back from every path that a device gives', () => {
    const device = fc.stringMatching(/^[a-z0-9-]{1,32}$/);
    const date = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true });
    fc.assert(
      fc.property(device, date, fc.integer({ min: 1, max: 9999 }), (name, day, number) => {
        const path = segmentPath(name, day.toISOString().slice(0, 10), number);
        expect(deviceOfPath(path)).toBe(name);
      }),
    );
  });
});

describe('journals in their order', () => {
  test('are those of earlier days first, and the segments of a day as they were begun', () => {
    const ordered = [
      'messages/notes.jsonl',
      'messages/2016-01/b.2016-01-09.jsonl',
      'messages/2016-02/a.2016-02-01.jsonl',
      'messages/2016-02/a.2016-02-01.2.jsonl',
      'messages/2016-02/a.2016-02-01.10.jsonl',
      'messages/2016-01/a.2016-02-02.jsonl',
    ].map((path) => ({ path }));
    fc.assert(
      fc.property(fc.shuffledSubarray(ordered, { minLength: 6 }), (journals) => {
        expect(oldestFirst(journals)).toEqual(ordered);
      }),
    );
  });
});
