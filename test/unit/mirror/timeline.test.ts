import { describe, expect, test } from 'vitest';
import { SHARD_LIMITS, Shard } from '../../../src/mirror/shard.ts';
import { FIRST, type Slot, Timeline } from '../../../src/mirror/timeline.ts';
import { entryOf, idOf, lineOf, timeAt } from '../../support/lines.ts';

const slots = (count: number): Slot[] =>
  Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    from: index === 0 ? FIRST : { time: index, id: '' },
    written: 1,
    changed: false,
    shard: undefined,
  }));

test('lets go of what was not used for long, and never of what is not written yet', () => {
  const all = slots(200);
  const timeline = new Timeline(all);
  for (const slot of all) timeline.use(slot, new Shard());
  for (const slot of all.slice(0, 5)) slot.changed = true;
  timeline.letGo(() => false);
  const kept = all.filter(({ shard }) => shard !== undefined);
  expect(kept.length).toBeLessThan(100);
  expect(kept).toEqual(expect.arrayContaining([...all.slice(0, 5), ...all.slice(-10)]));
});

test('keeps the two used last if all others wait to be written', () => {
  const all = slots(200);
  const timeline = new Timeline(all);
  const [read, target, ...others] = all as [Slot, Slot, ...Slot[]];
  for (const slot of others) {
    slot.changed = true;
    timeline.use(slot, new Shard());
  }
  timeline.use(read, new Shard());
  timeline.use(target, new Shard());
  timeline.letGo(() => false);
  expect([read.shard, target.shard]).toEqual([expect.any(Shard), expect.any(Shard)]);
});

describe('a timeline that is written in its order', () => {
  const COUNT = SHARD_LIMITS.entries * 4;
  const entry = (number: number) =>
    entryOf([lineOf({ id: idOf(number), text: `${number}`, createdAt: timeAt(number) })]);

  /** How many shards there are after messages were put in, in their order. */
  function slotsAfter(numbers: readonly number[]): readonly Slot[] {
    const timeline = new Timeline();
    for (const number of numbers) {
      const one = entry(number);
      timeline.put(timeline.slotAt(one.key), one);
    }
    return timeline.slots();
  }

  test.each([
    ['with nothing else', []],
    ['with a message of the future before it', [COUNT * 2]],
    ['between messages of the past and of the future', [-3, -2, COUNT * 2, COUNT * 3]],
  ])('%s leaves full shards behind', (_, before) => {
    const ordered = Array.from({ length: COUNT }, (_, number) => number);
    const filled = slotsAfter([...before, ...ordered]);
    expect(filled.length).toBeLessThanOrEqual(COUNT / SHARD_LIMITS.entries + 2);
    const entries = filled.flatMap(({ shard }) => shard?.entries() ?? []);
    expect(entries.map(({ key }) => key.time)).toEqual(
      [...before, ...ordered].sort((a, b) => a - b).map((number) => entry(number).key.time),
    );
  });
});
