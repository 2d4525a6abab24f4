import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { acknowledgeAnswer, capture } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { commandOf, processesIn, signal } from '../processes.ts';
import type { Life } from '../take-step.ts';
import { eventually } from '../wait.ts';

const AGAIN_LIMIT_MS = 90_000;
/** Those that live for long, so one that is stopped for good is never missed by anybody else. */
const LONG_LIVED = /\bgit\b.* (fast-import|cat-file)\b/;

/**
 * A git process of ours stops, as one does whose disk does not answer. It continues after some time; one that lives for
 * long may never continue, and then the next attempt has to do without it.
 */
export async function stopChild(life: Life, on: Device, pick: number, text: string): Promise<void> {
  await capture(life.acknowledged, on, `${text}, before`, 'Before a git process stops');
  const isForGood = pick % 3 === 0;
  const pushing = pick % 2 === 0 && !isForGood ? on.request('POST', '/push') : undefined;
  const children = processesIn(on.folder).filter((pid) =>
    isForGood ? LONG_LIVED.test(commandOf(pid)) : /\bgit\b/.test(commandOf(pid)),
  );
  const child = children[Math.floor(pick / 6) % Math.max(1, children.length)];
  const command = child === undefined ? 'nothing' : shortCommand(child);
  if (child !== undefined) stop(life, child);
  const answer = on.request('POST', '/messages', { text });
  if (child !== undefined && !isForGood) {
    await delay(pick * 2);
    proceed(life, child);
  }
  const { status, json } = await answer;
  const why = `After "${command}" was stopped${isForGood ? ' for good' : ''}`;
  expect([201, 503], `${why}: ${status} ${JSON.stringify(json)}`).toContain(status);
  if (status === 201) acknowledgeAnswer(life.acknowledged, on, text, json);
  await pushing;
  await eventually(async () => {
    await capture(life.acknowledged, on, `${text}, after`, `${why}, for ${AGAIN_LIMIT_MS / 1000} s`);
    return true;
  }, AGAIN_LIMIT_MS);
}

function stop({ stopped }: Life, pid: number): void {
  stopped.add(pid);
  signal(pid, 'SIGSTOP');
}

function proceed({ stopped }: Life, pid: number): void {
  stopped.delete(pid);
  if (isStillGit(pid)) signal(pid, 'SIGCONT');
}

/** Lets go of everything that was stopped for good, so that nothing is left when a history ends. */
export function proceedAll(life: Life): void {
  for (const pid of life.stopped) proceed(life, pid);
}

/** What a git does, without the settings that it was given. */
const shortCommand = (pid: number): string => commandOf(pid).replace(/ -c \S*/g, '');

/** The number of a process that has ended may be another one's by now. */
const isStillGit = (pid: number): boolean => /\bgit\b/.test(commandOf(pid));
