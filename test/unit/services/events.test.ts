import { describe, expect, test } from 'vitest';
import type { GitpostEvent } from '../../../src/contract/events.ts';
import { Events, type NumberedEvent } from '../../../src/services/events.ts';

const progress = (percent: number): GitpostEvent => ({
  type: 'progress',
  data: { repository: 'home', stage: 'Receiving objects', percent },
});

const percents = (events: readonly NumberedEvent[] | undefined): number[] | undefined =>
  events?.map(({ event }) => (event.type === 'progress' ? event.data.percent : -1));

describe('a listener', () => {
  test('hears every event from then on, in order, each with an id of its own', () => {
    const events = new Events();
    events.publish(progress(0));
    const heard: NumberedEvent[] = [];
    events.subscribe((event) => heard.push(event));
    for (const percent of [1, 2, 3]) events.publish(progress(percent));
    expect(percents(heard)).toEqual([1, 2, 3]);
    expect(new Set(heard.map(({ id }) => id)).size).toBe(3);
    expect(heard.at(-1)?.id).toBe(events.lastId);
  });

  test('hears nothing more once it has let go, and the others do', () => {
    const events = new Events();
    const [one, other]: [number[], number[]] = [[], []];
    const stop = events.subscribe(({ event }) =>
      one.push(event.type === 'progress' ? event.data.percent : -1),
    );
    events.subscribe(({ event }) => other.push(event.type === 'progress' ? event.data.percent : -1));
    events.publish(progress(1));
    stop();
    stop();
    events.publish(progress(2));
    expect([one, other]).toEqual([[1], [1, 2]]);
  });

  test('may let go while it hears', () => {
    const events = new Events();
    const heard: string[] = [];
    const stop = events.subscribe(() => {
      heard.push('one');
      stop();
    });
    events.subscribe(() => heard.push('other'));
    events.publish(progress(1));
    events.publish(progress(2));
    expect(heard).toEqual(['one', 'other', 'other']);
  });
});

describe('a listener that was cut off', () => {
  test('gets all events after the one that it heard last', () => {
    const events = new Events();
    const start = events.lastId;
    const ids = [1, 2, 3].map((percent) => {
      events.publish(progress(percent));
      return events.lastId;
    });
    expect(percents(events.since(start))).toEqual([1, 2, 3]);
    expect(percents(events.since(ids[0] as string))).toEqual([2, 3]);
    expect(percents(events.since(ids[2] as string))).toEqual([]);
  });

  test('gets nothing if nothing has happened yet', () => {
    const events = new Events();
    expect(events.since(events.lastId)).toEqual([]);
  });

  test('is told if its last id is too old', () => {
    const events = new Events();
    const start = events.lastId;
    events.publish(progress(1));
    const first = events.lastId;
    for (let percent = 0; percent < 5000; percent += 1) events.publish(progress(percent));
    expect(events.since(start)).toBeUndefined();
    expect(events.since(first)).toBeUndefined();
    expect(percents(events.since(events.lastId))).toEqual([]);
  });

  test('still gets the newest thousand', () => {
    const events = new Events();
    const ids: string[] = [];
    for (let number = 0; number < 4321; number += 1) {
      events.publish(progress(number));
      ids.push(events.lastId);
    }
    expect(percents(events.since(ids.at(-1001) as string))).toEqual(
      Array.from({ length: 1000 }, (_, index) => 3321 + index),
    );
  });

  test.each(['', '0', 'x', '1-1', 'x-1', '-1', '%00', '../..'])(
    'is told if the id is none of ours: %j',
    (id) => {
      const events = new Events();
      events.publish(progress(1));
      expect(events.since(id)).toBeUndefined();
    },
  );

  test('is told if its last id was never given', () => {
    const events = new Events();
    events.publish(progress(1));
    expect(events.since(events.lastId.replace(/1$/, '2'))).toBeUndefined();
    expect(events.since(events.lastId.replace(/1$/, '01'))).toBeUndefined();
  });
});
