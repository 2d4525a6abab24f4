import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { linesOfJson, ndjson } from '../support/api.ts';
import { commitFile } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import type { Random } from '../support/random.ts';
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
      return create(machine, ledger, draftOf(machine, random));
    case 'bulk':
      return bulk(
        machine,
        ledger,
        Array.from({ length: random.between(2, BULK_LINES) }, () => draftOf(machine, random)),
      );
    case 'edit':
      return edit(machine, ledger, id);
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
};

function draftOf({ name }: Machine, random: Random): Draft {
  const id = randomUUID();
  const text = `${name} writes ${id}`;
  const where = random.weighted({ primary: 8, all: 3, further: 1 });
  if (where === 'primary') return { id, text };
  return { id, text, repositories: where === 'all' ? REPOSITORIES : [REPOSITORIES[1]] };
}

/** A draft as it is sent, with the names that the repositories have on the machine at the moment. */
const bodyOf = (machine: Machine, { repositories, ...draft }: Draft) => ({
  ...draft,
  ...(repositories && { repositories: repositories.map((name) => machine.nameOf(name)) }),
});

/** Sends a message, the first time or again. */
export async function create(machine: Machine, ledger: Ledger, draft: Draft): Promise<void> {
  ledger.send(draft.id, draft.text);
  ledger.unanswered.set(draft.id, { machine: machine.name, draft });
  const answer = await machine.ask('POST', '/messages', { json: bodyOf(machine, draft) });
  note(ledger, draft, answer?.status);
}

function note(ledger: Ledger, { id, text }: Draft, status: number | undefined): void {
  if (status !== 200 && status !== 201) return;
  ledger.answer(id, text);
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
