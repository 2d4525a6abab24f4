import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IdIndex } from '../../../../src/mirror/files/id-index.ts';
import { Snapshot, VERSION } from '../../../../src/mirror/files/snapshot.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

test('a mirror that is made, written again and taken away is never found damaged', async () => {
  const snapshot = new Snapshot(join(await temporaryFolder(), 'mirror'));
  const write = async (flush: number) => {
    await snapshot.writeShard({ number: 1, written: flush }, []);
    await snapshot.writeIds(flush, new IdIndex().copies());
    const nothing = { repositories: {}, counts: {}, partial: [], size: 0, current: 0 };
    const shards = [{ number: 1, written: flush, from: null }];
    await snapshot.commit({ version: VERSION, flush, idsFlush: flush, ...nothing, shards });
  };
  let isOver = false;
  const writing = (async () => {
    for (let flush = 1; flush < 150; flush += 2) {
      await write(flush);
      await write(flush + 1);
      await snapshot.wipe();
    }
  })().finally(() => {
    isOver = true;
  });
  const found = new Set<string>();
  while (!isOver) found.add(String(await snapshot.check()));
  await writing;
  expect([...found].filter((one) => one !== 'absent' && one !== '')).toEqual([]);
});
