import { expect } from 'vitest';
import { acknowledgeAnswer, capture } from '../acknowledged.ts';
import { apiAt, type Message, type NamedFile } from '../api.ts';
import type { Device } from '../device.ts';
import { sendFile } from '../files.ts';
import { type SampleFile, sampleFile } from '../sample-files.ts';
import type { Life } from '../take-step.ts';
import { oddPathOf } from './odd-line.ts';

/** Uploads a file, which has to be taken, and answers how a message names it. */
export async function uploadTo(on: Device, { name, bytes, sha256 }: SampleFile): Promise<{ sha256: string }> {
  const { status, text } = await sendFile(apiAt(on.url), bytes, name);
  expect([200, 201], `An upload is answered ${status} ${text}`).toContain(status);
  return { sha256 };
}

/** A message with one to three files, to one repository or to all. */
export async function attach(
  { acknowledged, remotes }: Life,
  on: Device,
  pick: number,
  text: string,
): Promise<void> {
  const attachments: { sha256: string }[] = [];
  for (let number = pick; number <= pick + (pick % 3); number += 1) {
    attachments.push(await uploadTo(on, sampleFile(number)));
  }
  const repositories = remotes.length > 1 && pick % 2 === 0 ? { repositories: 'all' } : {};
  await capture(acknowledged, on, text, 'A message with files', { attachments, ...repositories });
}

/** The files of a message are taken away, get other names or come back in another order, or a further one is added. */
export async function changeFiles(
  { acknowledged, foreign }: Life,
  on: Device,
  pick: number,
  text: string,
): Promise<void> {
  const { json } = await on.request('GET', '/messages');
  const messages = json as Message[];
  const message = messages[pick % Math.max(1, messages.length)];
  if (message === undefined) return;
  const attachments = await otherFiles(on, pick, message.attachments ?? []);
  const { status, json: answer } = await on.request('PATCH', `/messages/${message.id}`, {
    text,
    attachments,
  });
  const refused = foreign.has(oddPathOf(message.id)) ? [404, 422] : [404];
  expect([200, ...refused], `Files are changed and answered ${status} ${JSON.stringify(answer)}`).toContain(
    status,
  );
  if (status === 200) acknowledgeAnswer(acknowledged, on, text, answer);
}

async function otherFiles(on: Device, pick: number, files: readonly NamedFile[]) {
  const plain = files.map(({ sha256, name }) => ({ sha256, name }));
  if (pick % 4 === 0) return plain.slice(1);
  if (pick % 4 === 1) return plain.toReversed().map(({ sha256 }) => ({ sha256, name: `${pick}.bin` }));
  const added = await uploadTo(on, sampleFile(pick));
  return [...plain.filter(({ sha256 }) => sha256 !== added.sha256), added].slice(-5);
}
