import { expect, it } from 'vitest';
import { Shard } from '../../../src/mirror/shard.ts';
import { FIRST, type Slot, Timeline } from '../../../src/mirror/timeline.ts';

const slots = (count: number): Slot[] =>
  Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    from: index === 0 ? FIRST : { time: index, id: '' },
    written: 1,
    changed: false,
    shard: undefined,
  }));

it('lets go of what was not used for long, and never of what is not written yet', () => {
  const all = slots(200);
  const timeline = new Timeline(all);
  for (const slot of all) timeline.use(slot, new Shard());
  for (const slot of all.slice(0, 5)) slot.changed = true;
  timeline.letGo(() => false);
  const kept = all.filter(({ shard }) => shard !== undefined);
  expect(kept.length).toBeLessThan(100);
  expect(kept).toEqual(expect.arrayContaining([...all.slice(0, 5), ...all.slice(-10)]));
});

it('keeps what was used last where all the others wait to be written', () => {
  const all = slots(200);
  const timeline = new Timeline(all);
  const [read, ...others] = all as [Slot, ...Slot[]];
  for (const slot of others) {
    slot.changed = true;
    timeline.use(slot, new Shard());
  }
  timeline.use(read, new Shard());
  timeline.letGo(() => false);
  expect(read.shard).toBeDefined();
});
