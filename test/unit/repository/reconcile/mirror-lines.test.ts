import { expect, test } from 'vitest';
import { Database } from '../../../../src/mirror/database.ts';
import { mirrorLines } from '../../../../src/repository/reconcile/mirror-lines.ts';
import { lineOf } from '../../../support/lines.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

test('takes in very many lines of one message at once, and lets them go again', {
  timeout: 30_000,
}, async () => {
  const mirror = await Database.open(await temporaryFolder(), () => undefined);
  const lines = Array.from({ length: 20_000 }, (_, number) => lineOf({ text: `One of many: ${number}` }));
  const [first] = lines as [(typeof lines)[number]];
  // Folded line by line, this would take minutes, and nobody would be answered meanwhile.
  await mirrorLines(
    mirror,
    'home',
    lines.map((line) => ({ line, commit: 'c1' })),
  );
  expect((await mirror.read(first.id))?.folded.heads).toHaveLength(lines.length);
  await mirrorLines(mirror, 'home', [], lines.slice(1));
  expect((await mirror.read(first.id))?.folded.lines).toEqual([first]);
  await mirrorLines(mirror, 'home', [], [first]);
  expect(await mirror.read(first.id)).toBeUndefined();
  await mirror.close();
});
