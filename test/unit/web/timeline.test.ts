import { describe, expect, test } from 'vitest';
import type { Message } from '../../../src/contract/message.ts';
import {
  EMPTY,
  knownOf,
  MOST_KEPT,
  NEWEST,
  reduceTimeline,
  type Timeline,
} from '../../../src/web/state/timeline.ts';

/** The message of one second, so that a higher number is a newer message. */
const message = (second: number, more: Partial<Message> = {}): Message => ({
  id: `id-${String(second).padStart(6, '0')}`,
  revision: 1,
  author: 'Ann',
  type: 'text',
  text: `${second}`,
  createdAt: new Date(second * 1000).toISOString(),
  tags: [],
  deliveries: [],
  ...more,
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => message(to - 1 - index));
const seconds = (state: Timeline) => state.messages.map(({ text }) => Number(text));

const shown = (from: number, to: number, isNewest = true) =>
  reduceTimeline(EMPTY, {
    type: 'answered',
    page: { messages: range(from, to), next: '/messages?older' },
    wanted: NEWEST,
    isNewest,
  });

describe('the part of all messages that the page holds', () => {
  test('is in order, and an older revision never replaces a newer one', () => {
    const state = shown(10, 13);
    expect(seconds(state)).toEqual([10, 11, 12]);
    const edited = reduceTimeline(state, {
      type: 'kept',
      message: message(11, { revision: 3, text: '11.3' }),
    });
    const late = reduceTimeline(edited, {
      type: 'kept',
      message: message(11, { revision: 2, text: '11.2' }),
    });
    expect(late.messages[1]?.text).toBe('11.3');
  });

  test('keeps the place of a deleted message until a later revision brings it back', () => {
    const deleted = reduceTimeline(shown(10, 13), { type: 'removed', id: message(11).id });
    const told = reduceTimeline(deleted, { type: 'kept', message: message(11) });
    const gone = reduceTimeline(told, { type: 'gone', id: message(11).id });
    expect(seconds(gone)).toEqual([10, 11, 12]);
    expect([...gone.removed]).toEqual([message(11).id]);
    const back = reduceTimeline(gone, { type: 'kept', message: message(11, { revision: 3 }) });
    expect([...back.removed]).toEqual([]);
  });

  test('keeps what was brought back after an answer without it was asked for', () => {
    const state = shown(10, 13);
    const known = knownOf(state);
    const page = { messages: [message(12), message(10)], next: '/messages?older' };
    const answered = { type: 'refreshed', page, known, isAway: false } as const;
    expect(seconds(reduceTimeline(state, answered))).toEqual([10, 12]);
    const deleted = reduceTimeline(state, { type: 'removed', id: message(11).id });
    const undone = reduceTimeline(deleted, { type: 'kept', message: message(11, { revision: 3 }) });
    expect(seconds(reduceTimeline(undone, answered))).toEqual([10, 11, 12]);
  });

  test('keeps the same objects if nothing changed, so nothing is rendered again', () => {
    const state = shown(10, 13);
    const again = reduceTimeline(state, {
      type: 'refreshed',
      page: { messages: range(10, 13), next: '/messages?older' },
      known: knownOf(state),
      isAway: false,
    });
    expect(again.messages.every((one, index) => one === state.messages[index])).toBe(true);
  });

  test('takes in nothing from beyond its ends, and counts what is new there', () => {
    const state = shown(10, 13, false);
    const kept = reduceTimeline(state, { type: 'kept', message: message(20) });
    expect(seconds(kept)).toEqual([10, 11, 12]);
    expect(seconds(reduceTimeline(state, { type: 'kept', message: message(5) }))).toEqual([10, 11, 12]);
    expect(reduceTimeline(kept, { type: 'missed' }).missed).toBe(1);
    expect(seconds(reduceTimeline(shown(10, 13), { type: 'kept', message: message(20) }))).toEqual([
      10, 11, 12, 20,
    ]);
    expect(reduceTimeline(shown(10, 13), { type: 'missed' }).missed).toBe(0);
  });

  test('lets the newest go when it grows at the old end, and the oldest when it grows at the new end', () => {
    const full = shown(1000, 1000 + MOST_KEPT);
    const older = reduceTimeline(full, {
      type: 'answered older',
      page: { messages: range(950, 1000), next: null },
    });
    expect(seconds(older)).toEqual(seconds(shown(950, 950 + MOST_KEPT)));
    expect(older).toMatchObject({ newer: 'idle', next: null });

    const newer = reduceTimeline(older, {
      type: 'answered newer',
      messages: range(950 + MOST_KEPT, 1000 + MOST_KEPT),
      isNewest: true,
      before: ({ text }) => `before ${text}`,
    });
    expect(seconds(newer)).toEqual(seconds(full));
    expect(newer).toMatchObject({ newer: 'none', next: 'before 1000' });
  });

  test('has no gap if more is new than was asked for', () => {
    const state = shown(10, 13);
    const known = knownOf(state);
    const page = { messages: range(20, 23), next: '/messages?before=20' };
    const followed = reduceTimeline(state, { type: 'refreshed', page, known, isAway: false });
    expect(seconds(followed)).toEqual([20, 21, 22]);
    expect(followed).toMatchObject({ next: page.next, newer: 'none', status: 'ready' });

    const stayed = reduceTimeline(state, { type: 'refreshed', page, known, isAway: true });
    expect(seconds(stayed)).toEqual([10, 11, 12]);
    expect(stayed).toMatchObject({ next: state.next, newer: 'idle', missed: 'many' });
    expect(reduceTimeline(stayed, { type: 'missed' }).missed).toBe('many');

    // Where it reaches what is here, both are one.
    const overlapping = { messages: range(12, 15), next: '/messages?before=12' };
    const joined = reduceTimeline(state, { type: 'refreshed', page: overlapping, known, isAway: true });
    expect(seconds(joined)).toEqual([10, 11, 12, 13, 14]);
  });
});
