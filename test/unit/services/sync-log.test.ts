import { expect, test } from 'vitest';
import type { SyncResult } from '../../../src/contract/repository.ts';
import type { SyncStatus } from '../../../src/domain/repository.ts';
import { SyncLog } from '../../../src/services/sync-log.ts';

const MINUTE = 60_000;

function scene() {
  let now = 0;
  const written: string[] = [];
  const log = new SyncLog(
    ({ level, message, fields: { repository, status, detail } }) =>
      written.push([level, message, repository, status, detail].filter(Boolean).join(' ')),
    () => now,
  );
  const heard = (status: SyncStatus, more: Partial<SyncResult> = {}) => {
    const base = { repository: 'notes', pushed: 0, pulled: 0, head: null, detail: 'why', action: 'do' };
    log.heard({ ...base, status, ...more });
    return written.splice(0);
  };
  return {
    heard,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

test('a failure is logged when it begins, when its reason changes, and when it is over', () => {
  const { heard } = scene();
  expect(heard('pushed')).toEqual([]);
  expect(heard('offline')).toEqual(['warn syncing failed notes offline why']);
  expect(heard('offline', { detail: 'why, after 3 ms' })).toEqual([]);
  expect(heard('unauthorized')).toEqual(['warn syncing failed notes unauthorized why']);
  expect(heard('unauthorized', { action: 'do something else' })).toHaveLength(1);
  expect(heard('up-to-date')).toEqual(['info syncing works again notes up-to-date']);
  expect(heard('up-to-date')).toEqual([]);
});

test('one that lasts is logged once an hour', () => {
  const { heard, pass } = scene();
  const lines: string[] = [];
  for (let minute = 0; minute < 150; minute += 1) {
    lines.push(...heard('offline'));
    pass(MINUTE);
  }
  expect(lines).toEqual([
    'warn syncing failed notes offline why',
    'warn syncing still fails notes offline why',
    'warn syncing still fails notes offline why',
  ]);
  pass(-24 * 60 * MINUTE);
  expect(heard('offline')).toHaveLength(1);
});

test('each repository is reported on its own', () => {
  const { heard } = scene();
  expect(heard('offline')).toHaveLength(1);
  expect(heard('offline', { repository: 'other' })).toHaveLength(1);
  expect(heard('pushed', { repository: 'other' })).toHaveLength(1);
  expect(heard('offline')).toEqual([]);
});
