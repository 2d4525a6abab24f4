import { expect } from 'vitest';
import { acknowledgeAnswer } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { commitEntry, commitPieces, makeBlob } from '../hostile.ts';
import { madeFile } from '../sample-files.ts';
import type { Life } from '../take-step.ts';
import { uploadTo } from './files.ts';

/** What somebody puts in the place of a file. */
const CONTENTS = [
  'other bytes',
  'other bytes with another ending',
  'the same bytes',
  'directory',
  'link',
] as const;

/** Somebody pushes something in the place of a file; then this device uploads the file and names it. */
export async function pushForeignAttachment(
  life: Life,
  on: Device,
  pick: number,
  text: string,
): Promise<void> {
  const { remotes, foreign, acknowledged } = life;
  const content = CONTENTS[pick % CONTENTS.length] as (typeof CONTENTS)[number];
  const why = `After somebody pushed ${content} in the place of a file`;
  const file = madeFile(`${pick}.txt`, Buffer.from(`The file of ${text} on ${on.folder}\r\n`));
  const ending = content === 'other bytes with another ending' ? 'png' : 'txt';
  const path = `attachments/${file.sha256.slice(0, 2)}/${file.sha256}.${ending}`;
  foreign.add(path);
  if (content === 'link')
    await commitEntry(remotes[0], path, '120000', await makeBlob(remotes[0], '../../x'));
  else if (content === 'directory') await commitPieces(remotes[0], `${path}/inside`, ['x']);
  else await commitPieces(remotes[0], path, [content === 'the same bytes' ? file.bytes : 'other']);

  // Those who have not met it yet commit the file, and the merge has to find the right one.
  if (pick % 2 === 0) {
    const { status, json } = await on.request('POST', '/pull');
    expect(status, `${why}: a pull is answered ${JSON.stringify(json)}`).toBe(200);
  }
  const attachments = [await uploadTo(on, file)];
  const { status, json } = await on.request('POST', '/messages', { text, attachments });
  // Where there is no place for the file, the message is refused in words.
  expect([201, 503], `${why}: a message is answered ${status} ${JSON.stringify(json)}`).toContain(status);
  if (status === 201) acknowledgeAnswer(acknowledged, on, text, json);
}
