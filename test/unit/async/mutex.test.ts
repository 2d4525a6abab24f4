import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { KeyedMutex, Mutex } from '../../../src/async/mutex.ts';

describe('a mutex', () => {
  test('runs one task at a time, in the order in which they came', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const task = (name: string, time: number) =>
      mutex.run(async () => {
        seen.push(`${name} begins`);
        await delay(time);
        seen.push(`${name} ends`);
        return name;
      });
    expect(await Promise.all([task('a', 15), task('b', 1), task('c', 5)])).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  test('does not begin before the caller has gone on', async () => {
    const mutex = new Mutex();
    let began = false;
    const running = mutex.run(async () => {
      began = true;
    });
    expect(began).toBe(false);
    await running;
    expect(began).toBe(true);
  });

  test('passes a failure to the caller, and continues', async () => {
    const mutex = new Mutex();
    const failing = mutex.run(() => Promise.reject(new Error('no')));
    const thrown = mutex.run(() => {
      throw new Error('at once');
    });
    const fine = mutex.run(async () => 5);
    await expect(failing).rejects.toThrow('no');
    await expect(thrown).rejects.toThrow('at once');
    expect(await fine).toBe(5);
  });

  test('lets a task ask for another turn without waiting for it', async () => {
    const mutex = new Mutex();
    const seen: number[] = [];
    let inner: Promise<unknown> | undefined;
    await mutex.run(async () => {
      inner = mutex.run(async () => seen.push(2));
      seen.push(1);
    });
    await inner;
    expect(seen).toEqual([1, 2]);
  });
});

describe('a mutex for each key', () => {
  test('runs tasks of one key one after the other, and those of another meanwhile', async () => {
    const mutex = new KeyedMutex();
    const seen: string[] = [];
    const task = (key: string, name: string, time: number) =>
      mutex.run(key, async () => {
        seen.push(`${name} begins`);
        await delay(time);
        seen.push(`${name} ends`);
      });
    await Promise.all([task('x', 'a', 30), task('x', 'b', 1), task('y', 'c', 1)]);
    expect(seen.filter((one) => !one.startsWith('c'))).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
    expect(seen.indexOf('c ends')).toBeLessThan(seen.indexOf('a ends'));
  });

  test('passes a failure to the caller, and continues, also with a new task of that key', async () => {
    const mutex = new KeyedMutex();
    await expect(mutex.run('x', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await mutex.run('x', async () => 1)).toBe(1);
    expect(await Promise.all([1, 2, 3].map((number) => mutex.run('x', async () => number)))).toEqual([
      1, 2, 3,
    ]);
  });

  test('counts without a gap under a crowd', async () => {
    const mutex = new KeyedMutex();
    let count = 0;
    const add = () =>
      mutex.run('x', async () => {
        const before = count;
        await delay(0);
        count = before + 1;
      });
    await Promise.all(Array.from({ length: 50 }, add));
    expect(count).toBe(50);
  });
});
