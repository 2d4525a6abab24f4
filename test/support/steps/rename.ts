import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { acknowledgeAnswer, capture } from '../acknowledged.ts';
import { addRepository, type Device } from '../device.ts';
import { sampleFile } from '../sample-files.ts';
import type { Life } from '../take-step.ts';
import { eventually } from '../wait.ts';
import { uploadTo } from './files.ts';

const WRITERS = 5;
const RENAMES = 3;
const AGAIN_LIMIT_MS = 30_000;

/** A repository gets other names, one soon after the other, while messages are written to it. */
export async function renameUnderLoad(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const [, name] = on.names;
  if (name === undefined) return;
  const base = name.replace(/-\d+-\d+$/, '');
  const stop = load(life, on, text);
  for (let round = 1; round <= RENAMES; round += 1) {
    const [before, other] = [on.names[1], `${base}-${pick}-${round}`];
    if (before === other) continue;
    // At another moment of a capture each time: only in some of them does a git hold a lock.
    await delay((pick * round) % 100);
    const { status, json } = await on.request('PATCH', `/repositories/${before}`, { name: other });
    expect([200, 503], `${before} becomes ${other}: ${status} ${JSON.stringify(json)}`).toContain(status);
    if (status === 200) on.names[1] = other;
  }
  await stop();
  await captureAgain(life, on, `${text}, after the renames`, `After ${name} was renamed to ${on.names[1]}`);
}

/** A repository is removed while messages are written to it, and added again. */
export async function removeUnderLoad(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const [, name] = on.names;
  const [, url] = life.remotes;
  if (name === undefined || url === undefined) return;
  const stop = load(life, on, text);
  await delay(pick % 100);
  const { status, json } = await on.request('DELETE', `/repositories/${name}`);
  expect([204, 503], `${name} is removed: ${status} ${JSON.stringify(json)}`).toContain(status);
  await stop();
  if (status === 204) {
    await capture(life.acknowledged, on, `${text}, without ${name}`, `After ${name} was removed`);
    await addRepository(on, name, url);
  }
  await captureAgain(life, on, `${text}, after all`, `After ${name} was removed and added again`);
}

/**
 * Several write one message after the other until they are told to stop. Those that are refused were never promised to
 * anybody.
 */
function load({ acknowledged }: Life, on: Device, text: string) {
  let isOver = false;
  const write = async (writer: number) => {
    // A file takes longer than a line does.
    const attachments = writer % 2 === 0 ? [] : [await uploadTo(on, sampleFile(writer + text.length))];
    for (let index = 0; !isOver; index += 1) {
      const body = { text: `${text}, writer ${writer}, ${index}`, repositories: [on.names[1]], attachments };
      const { status, json } = await on.request('POST', '/messages', body);
      // Refused in words: the repository is busy, or has no such name at the moment.
      expect([201, 404, 409, 503], `${on.names[1]} under load: ${status} ${JSON.stringify(json)}`).toContain(
        status,
      );
      if (status === 201) acknowledgeAnswer(acknowledged, on, body.text, json);
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  // A failure is heard of by whoever stops them, even when the change itself has failed before.
  writers.catch(() => undefined);
  return async (): Promise<void> => {
    isOver = true;
    await writers;
  };
}

/** The repository has to take messages again, soon. */
async function captureAgain({ acknowledged }: Life, on: Device, text: string, why: string): Promise<void> {
  await eventually(async () => {
    await capture(acknowledged, on, text, `${why}, for ${AGAIN_LIMIT_MS / 1000} s`, {
      repositories: [on.names[1]],
    });
    return true;
  }, AGAIN_LIMIT_MS);
}
