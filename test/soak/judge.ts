import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Message, Revision } from '../support/api.ts';
import { git } from '../support/git.ts';
import { missingOnBranch, notDownloaded } from '../support/judge-files.ts';
import { eventually } from '../support/wait.ts';
import { judgeClone, judgeObjects, linesById, tipOf } from './judge-clone.ts';
import type { Ledger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { Report } from './report.ts';
import { REPOSITORIES, type RepositoryName } from './repositories.ts';

const AT_ONCE = 8;

/** What a machine shows: its messages without where they are, and the history of each that was ever sent. */
interface Shown {
  readonly messages: ReadonlyMap<string, unknown>;
  readonly histories: ReadonlyMap<string, readonly Revision[]>;
}

/** Holds machines that are all in sync against each other, the remote, their own commits and what was answered. */
export async function judge(
  machines: readonly Machine[],
  bares: ReadonlyMap<RepositoryName, string>,
  ledger: Ledger,
  report: Report,
): Promise<void> {
  const shown = new Map<Machine, Shown>();
  for (const machine of machines) shown.set(machine, await look(machine, ledger.ids, report));
  const [[first, reference] = []] = [...shown];
  if (!first || !reference) return;
  for (const [machine, each] of shown) {
    compare(`${machine.name} and ${first.name}`, each, reference, report);
    await judgeDeliveries(machine, report);
  }
  judgeLedger(ledger, reference, report);
  await judgeFiles(machines, bares, report);
  await judgeTips(machines, bares, report);
  await judgeLines(first, reference, report);

  for (const machine of machines) {
    await machine.terminate();
    for (const name of REPOSITORIES) await judgeClone(`${machine.name}/${name}`, machine.clone(name), report);
    await rm(join(machine.folder, 'data'), { recursive: true });
    await machine.start();
    const again = await look(machine, ledger.ids, report);
    compare(
      `${machine.name} without its data folder, and before`,
      again,
      shown.get(machine) as Shown,
      report,
    );
    for (const wrong of await notDownloaded(machine.api)) report.complain(`${machine.name}: ${wrong}`);
    await judgeVerification(machine, report);
  }
}

/** What a line names is on the branch of every machine and on the remote. */
async function judgeFiles(
  machines: readonly Machine[],
  bares: ReadonlyMap<RepositoryName, string>,
  report: Report,
): Promise<void> {
  for (const [name, bare] of bares) {
    for (const place of [bare, ...machines.map((machine) => machine.clone(name))]) {
      for (const lost of await missingOnBranch(place)) report.complain(lost);
    }
  }
}

async function judgeVerification(machine: Machine, report: Report): Promise<void> {
  const answer = await machine.ask('GET', '/verify');
  const { status } = answer?.json<{ status: string }>() ?? {};
  if (status !== 'ok') report.complain(`${machine.name} is not verified: ${answer?.text}`);
}

async function look(machine: Machine, ids: readonly string[], report: Report): Promise<Shown> {
  const answer = await machine.ask('GET', '/messages');
  const list = answer?.status === 200 ? answer.json<Message[]>() : [];
  const messages = new Map(list.map(({ deliveries, ...message }) => [message.id, message]));
  if (messages.size !== list.length) report.complain(`${machine.name} shows a message twice`);
  const histories = new Map<string, readonly Revision[]>();
  const waiting = [...ids];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        const history = await machine.ask('GET', `/messages/${id}/history`);
        if (history?.status !== 200) continue;
        histories.set(
          id,
          history.json<Revision[]>().map(({ commits, ...rest }) => ({ ...rest, commits: [] })),
        );
      }
    }),
  );
  return { messages, histories };
}

function compare(who: string, one: Shown, other: Shown, report: Report): void {
  for (const part of ['messages', 'histories'] as const) {
    for (const id of new Set([...one[part].keys(), ...other[part].keys()])) {
      const [a, b] = [one[part].get(id), other[part].get(id)];
      if (isDeepStrictEqual(a, b)) continue;
      report.complain(`${part} of ${who} differ in ${id}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
    }
  }
}

/** Every message is pushed everywhere, by a commit that is on the branch. */
async function judgeDeliveries(machine: Machine, report: Report): Promise<void> {
  const commits = new Map<string, Set<string>>();
  for (const name of REPOSITORIES) {
    commits.set(
      machine.nameOf(name),
      new Set((await git(machine.clone(name), 'rev-list', 'main')).split('\n')),
    );
  }
  const isSettled = ({ repository, commit, state }: Message['deliveries'][number]) =>
    state === 'pushed' && commit !== null && commits.get(repository)?.has(commit) === true;
  const unsettled = async () => {
    const messages = (await machine.ask('GET', '/messages'))?.json<Message[]>() ?? [];
    return messages.filter(({ deliveries }) => deliveries.length === 0 || !deliveries.every(isSettled));
  };
  await eventually(async () => (await unsettled()).length === 0, 20_000).catch(async () => {
    for (const message of await unsettled()) {
      report.complain(`${machine.name} has not settled ${JSON.stringify(message)}`);
    }
  });
}

/** Nothing that was answered is missing, and nothing is there that nobody sent. */
function judgeLedger(ledger: Ledger, { messages, histories }: Shown, report: Report): void {
  for (const [id, texts] of ledger.answered) {
    const history = histories.get(id) ?? [];
    for (const text of texts) {
      const revision = history.find((one) => one.text === text);
      const named = (revision?.attachments ?? []).map(({ sha256 }) => sha256);
      if (!revision) report.complain(`LOST: "${text}" of ${id}`);
      const files = ledger.files.get(id)?.get(text) ?? [];
      if (!files.every((file) => named.includes(file))) report.complain(`LOST: files of "${text}" of ${id}`);
      report.events.add('answered files', files.length);
    }
    const firsts = history.filter(({ revision }) => revision === 1).length;
    if (firsts !== 1) report.complain(`${id} has ${firsts} first revisions`);
  }
  for (const id of ledger.deleted) {
    if (!histories.get(id)?.some(({ deletedAt }) => deletedAt !== undefined))
      report.complain(`LOST: delete of ${id}`);
  }
  for (const [id, history] of histories) {
    const strange = history.filter(({ text }) => text !== '' && !ledger.sent.get(id)?.has(text));
    for (const { text } of strange) report.complain(`Nobody sent "${text}" of ${id}`);
  }
  for (const id of messages.keys()) if (!ledger.sent.has(id)) report.complain(`Nobody sent ${id}`);
  report.events.add('messages', messages.size);
  report.events.add(
    'answered messages and edits',
    [...ledger.answered.values()].reduce((sum, { size }) => sum + size, 0),
  );
}

async function judgeTips(
  machines: readonly Machine[],
  bares: ReadonlyMap<RepositoryName, string>,
  report: Report,
): Promise<void> {
  for (const [name, bare] of bares) {
    await judgeObjects(`the remote ${name}`, bare, report);
    const tip = await tipOf(bare);
    for (const machine of machines) {
      const own = await tipOf(machine.clone(name));
      if (own !== tip) report.complain(`${machine.name}/${name} is at ${own}, the remote at ${tip}`);
    }
    report.events.add(`commits of ${name}`, Number(await git(bare, 'rev-list', '--count', tip)));
    report.events.add(`merges of ${name}`, Number(await git(bare, 'rev-list', '--count', '--merges', tip)));
  }
}

/** What is shown is what the journals hold, read without our own code. */
async function judgeLines(machine: Machine, { histories }: Shown, report: Report): Promise<void> {
  const held = new Map<string, Map<string, { text: string }>>();
  for (const name of REPOSITORIES) {
    for (const [id, lines] of await linesById(name, machine.clone(name), report)) {
      held.set(id, new Map([...(held.get(id) ?? []), ...lines]));
    }
  }
  for (const id of new Set([...held.keys(), ...histories.keys()])) {
    const texts = [...(held.get(id)?.values() ?? [])].map(({ text }) => text).sort();
    const shown = (histories.get(id) ?? []).map(({ text }) => text).sort();
    if (isDeepStrictEqual(texts, shown)) continue;
    report.complain(
      `The journals hold ${JSON.stringify(texts)} of ${id}, and shown is ${JSON.stringify(shown)}`,
    );
  }
}
