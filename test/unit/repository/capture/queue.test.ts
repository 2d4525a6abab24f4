import { expect, test, vi } from 'vitest';
import type { Line } from '../../../../src/journal/line.ts';
import { CaptureQueue, type Waiting } from '../../../../src/repository/capture/queue.ts';

const waiting = (id: string, inBulk: boolean): Waiting => ({
  line: { id } as Line,
  files: [],
  inBulk,
  settle: () => undefined,
});
const idsOf = (batch: readonly Waiting[]) => batch.map(({ line }) => line.id);

function filled({ single = 0, bulk = 0 }): CaptureQueue {
  const queue = new CaptureQueue();
  for (let number = 0; number < bulk; number += 1) queue.push(waiting(`bulk ${number}`, true));
  for (let number = 0; number < single; number += 1) queue.push(waiting(`single ${number}`, false));
  return queue;
}

test('a line that somebody waits for goes before all lines of an import', () => {
  const queue = filled({ bulk: 400, single: 1 });
  const batch = idsOf(queue.take());
  expect(batch[0]).toBe('single 0');
  expect(batch.slice(1)).toEqual(Array.from({ length: 3 }, (_, number) => `bulk ${number}`));
  expect(queue.length).toBe(397);
});

test('an import fills a batch as soon as nobody else has written for three seconds', () => {
  vi.useFakeTimers();
  try {
    const queue = filled({ bulk: 2000, single: 1 });
    queue.take();
    vi.advanceTimersByTime(2900);
    expect(queue.take()).toHaveLength(3);
    vi.advanceTimersByTime(200);
    expect(queue.take()).toHaveLength(500);
  } finally {
    vi.useRealTimers();
  }
});

test('of many that wait, the first batch takes half', () => {
  expect(filled({ single: 31 }).takeFirst()).toHaveLength(31);
  expect(filled({ single: 64 }).takeFirst()).toHaveLength(32);
  expect(filled({ bulk: 400 }).takeFirst()).toHaveLength(200);
});

test('a batch never holds more than 500 lines', () => {
  const queue = filled({ single: 1200 });
  expect(queue.takeFirst()).toHaveLength(500);
  expect(queue.take()).toHaveLength(500);
  expect(queue.take()).toHaveLength(200);
  expect(queue.take()).toEqual([]);
});

test('lines that are given back are the next again, in their order', () => {
  const queue = filled({ single: 3, bulk: 3 });
  const all = idsOf(queue.take());
  const again = filled({ single: 3, bulk: 3 });
  again.putBack(again.take());
  expect(idsOf(again.take())).toEqual(all);
});

test('who writes alone is not made to wait for others, and of many half are waited for', async () => {
  vi.useFakeTimers();
  try {
    // With the clock stopped, nothing that waits for it ends.
    await filled({ single: 1 }).gather();
    const queue = filled({ single: 20 });
    queue.take(10);
    queue.answered(10);
    const gathered = queue.gather();
    queue.take();
    const one = queue.gather().then(() => 'gathered');
    expect(await Promise.race([one, Promise.resolve('waits')])).toBe('waits');
    await vi.advanceTimersByTimeAsync(30);
    await gathered;
    expect(await one).toBe('gathered');
  } finally {
    vi.useRealTimers();
  }
});
