import { expect } from 'vitest';
import { capture } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { git } from '../git.ts';
import type { Life } from '../take-step.ts';
import { whenClean } from '../when-clean.ts';

/** Two names that git cannot have at the same time. */
const NESTED = [
  ['feat', 'feat/x'],
  ['feat/x', 'feat'],
  ['a/b', 'a/b/c/d'],
  ['a/b/c', 'a'],
  ['next', 'next/main'],
] as const;

/** What becomes of the first branch before the second one is asked for. */
const FATES = ['deleted', 'traded by the remote', 'kept'] as const;

/**
 * The device captures on a branch, comes back to `main`, and goes on to a branch whose name nests with the first one.
 * In the end the person has merged both into `main`, and they are gone here and on the remote.
 */
export async function visitBranches(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const [first, second] = NESTED[pick % NESTED.length] as (typeof NESTED)[number];
  const fate = FATES[Math.floor(pick / NESTED.length) % FATES.length] as (typeof FATES)[number];
  const why = `Branch ${second}, after ${first} was there and ${fate}`;
  const {
    clones: [clone],
  } = on;
  const [remote] = life.remotes;
  await whenClean(clone);

  await visit(life, on, first, `${text}, on ${first}`, `Branch ${first}`);
  if (fate !== 'kept') await git(clone, 'branch', '-D', first);
  if (fate === 'deleted') await removeBranch(remote, first);
  if (fate === 'traded by the remote') {
    const tip = await git(remote, 'rev-parse', first);
    await removeBranch(remote, first);
    await git(remote, 'branch', second, tip);
  }

  if (fate === 'kept') {
    const { status, json } = await useBranch(on, second);
    expect([400, 409, 422], `${why}: answered ${status} ${JSON.stringify(json)}`).toContain(status);
    await say(life, on, `${text}, after ${second} was refused`, why);
    await git(clone, 'branch', '-D', first);
    await removeBranch(remote, first);
    return;
  }
  await visit(life, on, second, `${text}, on ${second}`, why);
  await git(clone, 'branch', '-D', second);
  await removeBranch(remote, second);
}

/** Goes to a branch, captures and pushes there, comes back, and merges by hand. */
async function visit(life: Life, on: Device, branch: string, text: string, why: string): Promise<void> {
  const [clone] = on.clones;
  await expectBranch(on, branch, why);
  await say(life, on, text, why);
  const { status, json } = await on.request('POST', '/push');
  expect(status, `${why}: a push is answered ${JSON.stringify(json)}`).toBe(200);
  await whenClean(clone);
  await expectBranch(on, 'main', why);
  await git(clone, 'merge', '--quiet', '--no-edit', branch);
}

const say = ({ acknowledged }: Life, on: Device, text: string, why: string) =>
  capture(acknowledged, on, text, why, { repositories: [on.names[0]] });

async function expectBranch(on: Device, branch: string, why: string): Promise<void> {
  const { status, json } = await useBranch(on, branch);
  expect(status, `${why}: going to ${branch} is answered ${status} ${JSON.stringify(json)}`).toBe(200);
}

const useBranch = (on: Device, branch: string) =>
  on.request('PATCH', `/repositories/${on.names[0]}`, { branch });

/** Deletes a branch of the remote, if it was ever pushed. */
async function removeBranch(remote: string, branch: string): Promise<void> {
  await git(remote, 'update-ref', '-d', `refs/heads/${branch}`);
}
