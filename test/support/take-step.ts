import { randomUUID } from 'node:crypto';
import { appendFile, cp, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Acknowledged, acknowledge, acknowledgeAnswer, capture } from './acknowledged.ts';
import { type Device, startDevice } from './device.ts';
import { commitFile, git } from './git.ts';
import type { Step } from './histories.ts';
import { lineOf } from './journal.ts';
import { sampleFile } from './sample-files.ts';
import { visitBranches } from './steps/branch.ts';
import { attach, changeFiles, uploadTo } from './steps/files.ts';
import { pushForeignAttachment } from './steps/foreign-attachment.ts';
import { pushForeignFile } from './steps/foreign-file.ts';
import { confuseLetterCase } from './steps/letter-case.ts';
import { loseIndex } from './steps/lost-index.ts';
import { oddPathOf, pushOddLine } from './steps/odd-line.ts';
import { removeUnderLoad, renameUnderLoad } from './steps/rename.ts';
import { changeSetting } from './steps/setting.ts';
import { stopChild } from './steps/stopped-child.ts';
import { whenClean } from './when-clean.ts';

/** With the copied ones; more of them only take longer to say the same. */
const MOST_DEVICES = 5;
const YEAR_MS = 365 * 24 * 3600 * 1000;

/** A history while it is lived. */
export interface Life {
  readonly folder: string;
  readonly remotes: readonly [string, ...string[]];
  /** Whether the devices add their further repositories while they run. */
  readonly addsAtRunTime: boolean;
  readonly devices: Device[];
  readonly acknowledged: Acknowledged;
  /** Everything that went wrong and that nobody was answered for. */
  readonly trouble: unknown[];
  /** The files of the branch that somebody wrote who is no gitpost; what is odd in them is theirs. */
  readonly foreign: Set<string>;
  /** Git processes that were stopped, so that none is left when the history ends. */
  readonly stopped: Set<number>;
}

/** Takes one step of a history; `text` is what it writes, and stands nowhere else. */
export async function takeStep(life: Life, step: Step, text: string): Promise<void> {
  const { devices, acknowledged } = life;
  const on = devices[step.device % devices.length] as Device;
  switch (step.kind) {
    case 'create':
      return create(life, on, step.pick, text);
    case 'edit':
    case 'delete':
    case 'undelete':
      return change(life, on, step.kind, step.pick, text);
    case 'attach':
      return attach(life, on, step.pick, text);
    case 'change-files':
      return changeFiles(life, on, step.pick, text);
    case 'foreign-attachment':
      return pushForeignAttachment(life, on, step.pick, text);
    case 'foreign-file':
      return pushForeignFile(life, on, step.pick, text);
    case 'odd-line':
      return pushOddLine(life, on, step.pick, text);
    case 'branch':
      return visitBranches(life, on, step.pick, text);
    case 'lose-index':
      return loseIndex(life, on, step.pick, text);
    case 'rename':
      return renameUnderLoad(life, on, step.pick, text);
    case 'remove':
      return removeUnderLoad(life, on, step.pick, text);
    case 'letter-case':
      return confuseLetterCase(life, on, step.pick, text);
    case 'setting':
      return changeSetting(life, on, step.pick, text);
    case 'stop-child':
      return stopChild(life, on, step.pick, text);
    case 'append':
      return append(acknowledged, on, text);
    case 'commit':
      return commitByHand(on, step.pick, text);
    case 'merge':
      return mergeByHand(on, step.pick);
    case 'interrupt':
      return interrupt(acknowledged, on, step.pick, text);
    case 'push':
    case 'pull': {
      const { status, json } = await on.request('POST', `/${step.kind}`);
      expect(status, JSON.stringify(json)).toBe(200);
      return;
    }
    case 'restart':
      await on.stop();
      return on.start();
    case 'copy':
      return copy(life, on);
    case 'skew':
      on.skew = step.years * YEAR_MS;
  }
}

async function create({ acknowledged, remotes }: Life, on: Device, pick: number, text: string) {
  const repositories = remotes.length > 1 && pick % 3 === 0 ? { repositories: 'all' } : {};
  await capture(acknowledged, on, text, 'An everyday message', repositories);
}

async function change(
  { acknowledged, foreign }: Life,
  on: Device,
  kind: 'edit' | 'delete' | 'undelete',
  pick: number,
  text: string,
): Promise<void> {
  const { ids } = acknowledged;
  const id = ids[pick % Math.max(1, ids.length)];
  if (id === undefined) return;
  // An odd line may leave no room for a further revision, which is refused in words.
  const refused = foreign.has(oddPathOf(id)) ? [404, 422] : [404];
  if (kind === 'delete') {
    const answer = await on.request('DELETE', `/messages/${id}`);
    expect([204, ...refused], JSON.stringify(answer.json)).toContain(answer.status);
    return;
  }
  const { status, json } = await on.request('PATCH', `/messages/${id}`, kind === 'edit' ? { text } : {});
  expect([200, ...refused], JSON.stringify(json)).toContain(status);
  if (status === 200 && kind === 'edit') acknowledgeAnswer(acknowledged, on, text, json);
}

async function append(acknowledged: Acknowledged, on: Device, text: string): Promise<void> {
  const id = randomUUID();
  const journal = join(on.clones[0], 'messages', 'bots', `${basename(on.folder)}.jsonl`);
  await mkdir(dirname(journal), { recursive: true });
  await appendFile(journal, `${lineOf({ id, text })}\n`);
  acknowledge(acknowledged, id, text);
}

/** A person who knows that index and work tree take a second waits for it; another one does not. */
async function perhapsWait({ clones: [clone] }: Device, pick: number): Promise<void> {
  if (pick % 2 === 0) await whenClean(clone);
}

async function commitByHand(on: Device, pick: number, text: string): Promise<void> {
  await perhapsWait(on, pick);
  const [clone] = on.clones;
  const own = `notes-${basename(on.folder)}.txt`;
  await commitFile(clone, own, text, `Notes: ${text}`);
  if (pick % 3 > 0) return;
  await appendFile(join(clone, own), ', and more');
  await git(clone, 'add', '--all');
  await git(clone, 'commit', '--quiet', '-m', `All: ${text}`);
}

/** Where git refuses, as with an empty remote or with files in its way, the person leaves it. */
async function mergeByHand(on: Device, pick: number): Promise<void> {
  await perhapsWait(on, pick);
  const [clone] = on.clones;
  await git(clone, 'pull', '--quiet', '--no-rebase', '--no-edit', 'origin', 'main').catch(() =>
    git(clone, 'merge', '--abort').catch(() => undefined),
  );
}

async function interrupt(acknowledged: Acknowledged, on: Device, pick: number, text: string): Promise<void> {
  const id = randomUUID();
  const attachments = pick % 3 === 0 ? [await uploadTo(on, sampleFile(pick))] : [];
  const answers = Promise.allSettled([
    on.request('POST', '/messages', { id, text, attachments }),
    on.request('POST', '/push'),
  ]);
  await delay(pick % 50);
  await on.stop();
  await on.start();
  const [created] = await answers;
  if (created.status === 'fulfilled' && created.value.status === 201)
    acknowledgeAnswer(acknowledged, on, text, created.value.json);
}

/** Copies the whole folder of a device, as a person does who moves to another machine and goes on with both. */
async function copy({ folder, devices, remotes, trouble, addsAtRunTime }: Life, on: Device): Promise<void> {
  if (devices.length === MOST_DEVICES) return;
  const home = join(folder, `device-${devices.length}`);
  await on.stop();
  await cp(on.folder, home, { recursive: true, preserveTimestamps: true });
  await on.start();
  devices.push(await startDevice(home, remotes, trouble, { addsAtRunTime, names: on.names }));
}
