import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AutoSync, pauseAfter } from '../../../src/services/auto-sync.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

describe('automatic syncs', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A repository whose remote is well or not, and when it was synced, in seconds since the start. */
  function started(seconds: number, isTrouble: () => boolean) {
    const begun = Date.now();
    const syncs: number[] = [];
    const sync = async () => {
      syncs.push(Math.round((Date.now() - begun) / SECOND));
      return { isTrouble: isTrouble() };
    };
    const auto = new AutoSync(seconds, () => [{ name: 'messages', sync }]);
    auto.start();
    return { auto, syncs };
  }

  test('are at most six a minute, however short the interval', async () => {
    const { auto, syncs } = started(1, () => false);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    auto.stop();
    expect(syncs.length).toBeGreaterThan(20);
    for (const at of syncs)
      expect(syncs.filter((other) => other >= at && other < at + 60).length).toBeLessThan(7);
  });

  test('become rarer while the remote is out of reach, and return to normal once it is back', async () => {
    let isTrouble = true;
    const { auto, syncs } = started(10, () => isTrouble);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(syncs.length).toBeLessThan(14);
    isTrouble = false;
    await vi.advanceTimersByTimeAsync(20 * MINUTE);
    const back = syncs.length;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(syncs.length - back).toBeGreaterThan(3);
    auto.stop();
  });

  test('return to normal once a sync that a person asked for went well', async () => {
    let isTrouble = true;
    const { auto, syncs } = started(10, () => isTrouble);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    isTrouble = false;
    const before = syncs.length;
    auto.heard('messages', false);
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(syncs.length - before).toBeGreaterThan(3);
    auto.stop();
  });

  test('do not happen if the interval is 0', async () => {
    const { syncs } = started(0, () => false);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(syncs).toEqual([]);
  });

  test('follow a new interval at once, and are none after the end', async () => {
    const { auto, syncs } = started(3600, () => false);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    auto.every(30);
    await vi.advanceTimersByTimeAsync(40 * SECOND);
    expect(syncs).toHaveLength(1);
    auto.every(0);
    await vi.advanceTimersByTimeAsync(60 * MINUTE);
    expect(syncs).toHaveLength(1);
    auto.every(30);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    const before = syncs.length;
    expect(before).toBeGreaterThan(5);
    auto.stop();
    auto.every(10);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(syncs).toHaveLength(before);
  });
});

describe('the pause after failures', () => {
  test('doubles up to a quarter of an hour, with some chance in it', () => {
    expect(pauseAfter(10 * SECOND, 0)).toBe(10 * SECOND);
    expect(pauseAfter(10 * SECOND, 1, 0.5)).toBe(20 * SECOND);
    expect(pauseAfter(10 * SECOND, 3, 0.5)).toBe(80 * SECOND);
    expect(pauseAfter(10 * SECOND, 30, 0.5)).toBe(15 * MINUTE);
    expect(pauseAfter(10 * SECOND, 1, 0)).toBe(15 * SECOND);
    expect(pauseAfter(10 * SECOND, 1, 1)).toBe(25 * SECOND);
  });

  test('is never shorter than the interval', () => {
    expect(pauseAfter(60 * MINUTE, 5, 0.5)).toBe(60 * MINUTE);
  });
});
