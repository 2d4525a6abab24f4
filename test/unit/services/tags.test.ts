import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Database } from '../../../src/mirror/database.ts';
import { countTags } from '../../../src/services/tags.ts';
import { entryOf, idOf, lineOf, timeAt } from '../../support/lines.ts';
import { put } from '../../support/mirror.ts';
import { temporaryFolder } from '../../support/tmp.ts';

test('messages full of tags do not make the answer endless, and the most used come first', async () => {
  const folder = join(await temporaryFolder(), 'mirror');
  const database = await Database.open(folder);
  onTestFinished(() => database.close());
  for (let number = 0; number < 4; number += 1) {
    const tags = Array.from({ length: 6000 }, (_, index) => `#n${number}x${index}`);
    const text = ['#all', ...(number > 1 ? ['#half'] : []), ...tags].join(' ');
    await put(database, entryOf([lineOf({ id: idOf(number), text, createdAt: timeAt(number) })]));
  }
  await database.flush();
  for (let round = 0; round < 2; round += 1) {
    const counted = await countTags(database, undefined);
    expect(counted).toHaveLength(10_000);
    expect(counted.slice(0, 2)).toEqual([
      { tag: 'all', messages: 4 },
      { tag: 'half', messages: 2 },
    ]);
  }
});
