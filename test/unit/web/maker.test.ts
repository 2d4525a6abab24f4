import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../src/contract/message.ts';
import { makerOf } from '../../../src/web/text/maker.ts';

const entry = (revision: number, author: string, commits: HistoryEntry['commits']): HistoryEntry => ({
  id: '0192f0c1-0000-7000-8000-000000000001',
  revision,
  author,
  type: 'text',
  text: 'x',
  createdAt: '2026-11-22T10:00:00.000Z',
  commits,
});
const by = (committer: string, device?: string, committedAt = '2026-11-22T10:00:00.000Z') => ({
  repository: 'messages',
  commit: 'a'.repeat(40),
  committer,
  committedAt,
  ...(device !== undefined && { device }),
});

test('an edit is made by whoever committed it', () => {
  expect(makerOf(entry(2, 'Ann', [by('Tom', 'phone-x1y2z3')]), 'Ann')).toEqual({
    who: 'Tom',
    device: 'phone-x1y2z3',
  });
});

test('a first revision, or one that names another author, is made by its author', () => {
  expect(makerOf(entry(1, 'Ann', [by('Ann', 'pc-x1y2z3')]), 'Ann')).toEqual({
    who: 'Ann',
    device: 'pc-x1y2z3',
  });
  expect(makerOf(entry(1, 'Ann', [by('Tom')]), 'Ann')).toEqual({ who: 'Ann', committer: 'Tom' });
  expect(makerOf(entry(2, 'Bea', [by('Tom')]), 'Ann')).toEqual({ who: 'Bea', committer: 'Tom' });
});

test('the first of several commits counts', () => {
  const commits = [
    by('Copier', 'two-x1y2z3', '2026-11-22T12:00:00.000Z'),
    { repository: 'other', commit: null },
    by('Tom', 'one-x1y2z3', '2026-11-22T11:00:00.000Z'),
  ];
  expect(makerOf(entry(2, 'Ann', commits), 'Ann')).toEqual({ who: 'Tom', device: 'one-x1y2z3' });
});

test('while no commit is known, the author is all there is', () => {
  expect(makerOf(entry(2, 'Ann', [{ repository: 'messages', commit: null }]), 'Ann')).toEqual({ who: 'Ann' });
});
