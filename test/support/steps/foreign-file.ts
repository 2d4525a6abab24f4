import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { acknowledge, capture } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { git } from '../git.ts';
import { commitEntry, commitPieces, makeBlob } from '../hostile.ts';
import { lineOf } from '../journal.ts';
import type { Life } from '../take-step.ts';

/** Longer than a segment, so each one has to begin the next. */
const LONG = 'and more '.repeat(2000);

const SEGMENTS = [
  '.9007199254740992',
  '.9007199254740993',
  '.18446744073709551616',
  '.0',
  '.01',
  '.1e3',
  '.-1',
  '.NEXT',
] as const;

/** What the file is. A directory has a readable file of somebody else in it. */
const CONTENTS = [
  'empty line',
  'unreadable lines',
  'readable line',
  'directory',
  'link',
  'other letter case',
] as const;

/**
 * Somebody pushes a file that is named like a file of this device. The device fetches it, starts again and captures
 * long messages, each of which needs a further segment.
 */
export async function pushForeignFile(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const segment = SEGMENTS[pick % SEGMENTS.length] as string;
  const content = CONTENTS[Math.floor(pick / SEGMENTS.length) % CONTENTS.length] as (typeof CONTENTS)[number];
  const why = `After somebody pushed "${segment}" (${content}) with the name of a device`;
  await capture(life.acknowledged, on, `${text}, before`, 'Before a foreign file');
  await push(on, 'Before a foreign file');
  const path = await freePath(on, segment);
  if (path !== undefined) await pushContent(life, path, content, text);
  await push(on, why);
  for (const time of ['first', 'second']) {
    await on.stop();
    await on.start();
    await capture(life.acknowledged, on, `${text}, ${time} ${LONG}`, why);
  }
}

async function push(on: Device, why: string): Promise<void> {
  const { status, json } = await on.request('POST', '/push');
  expect(status, `${why}: a push is answered ${JSON.stringify(json)}`).toBe(200);
}

/** A path that is like those of the device's own files of today and that nothing has; the newest segment is last. */
async function freePath({ clones: [clone] }: Device, segment: string): Promise<string | undefined> {
  const device = await git(clone, 'config', 'gitpost.device');
  const paths = (await git(clone, 'ls-tree', '-r', '--name-only', 'main', '--', 'messages/')).split('\n');
  const own = paths.filter((path) => path.includes(`/${device}.`));
  const days = own.flatMap((path) => /\.(\d{4}-\d{2}-\d{2})\./.exec(path)?.[1] ?? []).sort();
  const day = days.at(-1);
  const like = own.find((path) => path.includes(`.${day}.`));
  if (day === undefined || like === undefined) return undefined;
  const numbers = own
    .filter((path) => path.includes(`.${day}.`))
    .map((path) => Number(/\.(\d{1,9})\.jsonl$/.exec(path)?.[1] ?? 1));
  const named = segment === '.NEXT' ? `.${Math.max(...numbers) + 1}` : segment;
  const path = `${dirname(like)}/${device}.${day}${named}.jsonl`;
  return paths.some((one) => one === path || one.startsWith(`${path}/`)) ? undefined : path;
}

async function pushContent(
  { remotes: [remote], foreign, acknowledged }: Life,
  path: string,
  content: (typeof CONTENTS)[number],
  text: string,
): Promise<void> {
  const id = randomUUID();
  const line = `${lineOf({ id, text: `${text}, foreign` })}\n`;
  foreign.add(path);
  switch (content) {
    case 'empty line':
      return commitPieces(remote, path, ['\n']);
    case 'unreadable lines':
      return commitPieces(remote, path, ['not a line\n\n{"v":1}\n', Buffer.from([0xff, 0xfe, 0x0a])]);
    case 'link':
      return commitEntry(remote, path, '120000', await makeBlob(remote, '../../../nowhere'));
    case 'other letter case': {
      const astray = path.replace('messages/', 'Messages/');
      foreign.add(astray);
      return commitPieces(remote, astray, ['\n']);
    }
    case 'readable line':
      await commitPieces(remote, path, [line]);
      break;
    case 'directory':
      foreign.add(`${path}/inside.jsonl`);
      await commitPieces(remote, `${path}/inside.jsonl`, [line]);
  }
  acknowledge(acknowledged, id, `${text}, foreign`);
}
