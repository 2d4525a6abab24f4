import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linesOfJson, ndjson } from '../support/api.ts';
import { commitFile } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import type { Random } from '../support/random.ts';
import { SAMPLE_FILES, sampleFile, sampleOf } from '../support/sample-files.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { Report } from './report.ts';
import { REPOSITORIES, type RepositoryName } from './repositories.ts';

const ACTIONS = {
  create: 40,
  bulk: 4,
  edit: 20,
  delete: 5,
  undelete: 4,
  files: 6,
  read: 6,
  append: 4,
  commit: 3,
} as const;

const BULK_LINES = 40;

/** Does one thing on a machine as people and programs do, and notes what was answered. */
export async function writeSomething(
  machine: Machine,
  ledger: Ledger,
  random: Random,
  report: Report,
): Promise<void> {
  const id = ledger.ids.length === 0 ? randomUUID() : random.oneOf(ledger.ids);
  switch (random.weighted(ACTIONS)) {
    case 'create':
      return create(machine, ledger, await perhapsWithFiles(machine, random, draftOf(machine, random)));
    case 'bulk':
      return bulk(
        machine,
        ledger,
        Array.from({ length: random.between(2, BULK_LINES) }, () => draftOf(machine, random)),
      );
    case 'edit':
      return edit(machine, ledger, id);
    case 'files':
      return changeFiles(machine, ledger, random, id);
    case 'delete': {
      const answer = await machine.ask('DELETE', `/messages/${id}`);
      if (answer?.status === 204) ledger.deleted.add(id);
      return;
    }
    case 'undelete':
      return void (await machine.ask('PATCH', `/messages/${id}`, { json: {} }));
    case 'read':
      await machine.ask('GET', '/messages?limit=20');
      return void (await machine.ask('GET', `/messages/${id}/history`));
    case 'append':
      return append(machine, ledger);
    case 'commit':
      return commit(machine, report);
  }
}

export type Draft = {
  readonly id: string;
  readonly text: string;
  readonly repositories?: readonly RepositoryName[];
  readonly attachments?: readonly { readonly sha256: string; readonly name?: string }[];
};

function draftOf({ name }: Machine, random: Random): Draft {
  const id = randomUUID();
  const text = `${name} writes ${id}`;
  const where = random.weighted({ primary: 8, all: 3, further: 1 });
  if (where === 'primary') return { id, text };
  return { id, text, repositories: where === 'all' ? REPOSITORIES : [REPOSITORIES[1]] };
}

/** Uploads a file; `undefined` if that was not answered with success. */
async function upload(machine: Machine, sha256: string): Promise<{ sha256: string } | undefined> {
  const answer = await machine.ask('POST', '/attachments', { raw: sampleOf(sha256).bytes, headers: octets });
  return answer?.status === 200 || answer?.status === 201 ? { sha256 } : undefined;
}

const octets = { 'Content-Type': 'application/octet-stream' };

async function uploadSome(machine: Machine, random: Random) {
  const files: { sha256: string; name: string }[] = [];
  for (let wanted = random.between(1, 3); wanted > 0; wanted -= 1) {
    const { sha256, name } = sampleFile(random.between(0, SAMPLE_FILES - 1));
    const isNew = files.every((file) => file.sha256 !== sha256);
    if (isNew && (await upload(machine, sha256))) files.push({ sha256, name });
  }
  return files;
}

async function perhapsWithFiles(machine: Machine, random: Random, draft: Draft): Promise<Draft> {
  return random.next() < 0.7 ? draft : { ...draft, attachments: await uploadSome(machine, random) };
}

/** The files of a message are replaced, by none at all now and then. */
async function changeFiles(machine: Machine, ledger: Ledger, random: Random, id: string): Promise<void> {
  if (ledger.ids.length === 0) return;
  const text = `${machine.name} changes files ${randomUUID()}`;
  const attachments = random.next() < 0.3 ? [] : await uploadSome(machine, random);
  ledger.send(id, text);
  const answer = await machine.ask('PATCH', `/messages/${id}`, { json: { text, attachments } });
  if (answer?.status === 200) ledger.answer(id, text, attachments);
}

/** A draft as it is sent, with the names that the repositories have on the machine at the moment. */
const bodyOf = (machine: Machine, { repositories, ...draft }: Draft) => ({
  ...draft,
  ...(repositories && { repositories: repositories.map((name) => machine.nameOf(name)) }),
});

/** Sends a message again that got no good answer; its files may have gone with `data/uploads` or were never sent. */
export async function createAgain(machine: Machine, ledger: Ledger, draft: Draft): Promise<void> {
  for (const { sha256 } of draft.attachments ?? []) await upload(machine, sha256);
  await create(machine, ledger, draft);
}

/** Sends a message. */
async function create(machine: Machine, ledger: Ledger, draft: Draft): Promise<void> {
  ledger.send(draft.id, draft.text);
  ledger.unanswered.set(draft.id, { machine: machine.name, draft });
  const answer = await machine.ask('POST', '/messages', { json: bodyOf(machine, draft) });
  note(ledger, draft, answer?.status);
}

function note(ledger: Ledger, { id, text, attachments }: Draft, status: number | undefined): void {
  if (status !== 200 && status !== 201) return;
  ledger.answer(id, text, attachments);
  ledger.unanswered.delete(id);
}

async function bulk(machine: Machine, ledger: Ledger, drafts: readonly Draft[]): Promise<void> {
  for (const draft of drafts) {
    ledger.send(draft.id, draft.text);
    ledger.unanswered.set(draft.id, { machine: machine.name, draft });
  }
  const raw = drafts.map((draft) => `${JSON.stringify(bodyOf(machine, draft))}\n`).join('');
  const answer = await machine.ask('POST', '/messages', { raw, headers: ndjson });
  if (answer?.status !== 200) return;
  const results = linesOfJson<{ status: number }>(answer.text);
  for (const [index, draft] of drafts.entries()) note(ledger, draft, results[index]?.status);
}

async function edit(machine: Machine, ledger: Ledger, id: string): Promise<void> {
  const text = `${machine.name} edits ${randomUUID()}`;
  if (ledger.ids.length === 0) return;
  ledger.send(id, text);
  const answer = await machine.ask('PATCH', `/messages/${id}`, { json: { text } });
  if (answer?.status === 200) ledger.answer(id, text);
}

/** Another program writes a line of its own, which is to be captured whatever happens to the process. */
async function append(machine: Machine, ledger: Ledger): Promise<void> {
  const id = randomUUID();
  const text = `A program on ${machine.name} writes ${id}`;
  const journal = join(machine.clone(REPOSITORIES[0]), 'messages', 'bots', `${machine.name}.jsonl`);
  await mkdir(dirname(journal), { recursive: true });
  await appendFile(journal, `${lineOf({ id, text })}\n`);
  ledger.send(id, text);
  ledger.answer(id, text);
}

/** A person commits a file of their own; where git is busy they leave it. */
async function commit(machine: Machine, report: Report): Promise<void> {
  const own = `${machine.name}.txt`;
  const outcome = await commitFile(
    machine.clone(REPOSITORIES[0]),
    own,
    randomUUID(),
    'A file of my own',
  ).then(
    () => 'commit by hand',
    () => 'commit by hand refused',
  );
  report.events.add(outcome);
}
