import { locksIn, statusOf } from '../support/clone-state.ts';
import { git } from '../support/git.ts';
import { journalLines } from '../support/journal.ts';
import { eventually } from '../support/wait.ts';
import type { Report } from './report.ts';

/** Judges one clone by plain git. */
export async function judgeClone(name: string, clone: string, report: Report): Promise<void> {
  await judgeObjects(name, clone, report);
  await eventually(async () => (await statusOf(clone)).length === 0, 10_000).catch(async () =>
    report.complain(`${name} is not clean: ${(await statusOf(clone)).join(', ')}`),
  );
  const locks = await locksIn(clone);
  if (locks.length > 0) report.complain(`${name} has left-over locks: ${locks.join(', ')}`);
}

export async function judgeObjects(name: string, repository: string, report: Report): Promise<void> {
  const words = await git(repository, 'fsck', '--strict', '--no-dangling').catch(
    (error: Error) => error.message,
  );
  if (words !== '') report.complain(`git fsck of ${name} says: ${words}`);
}

/**
 * Every line of each message on a branch, each once. A line may stand in one file twice after two branches were
 * merged; whether it was that is for `verify` to say, which reads the history.
 */
export async function linesById(
  name: string,
  clone: string,
  report: Report,
): Promise<Map<string, Map<string, { text: string }>>> {
  const lines = new Map<string, Map<string, { text: string }>>();
  const places = new Set<string>();
  for (const { path, raw, value } of await journalLines(clone)) {
    const place = `${path}\n${raw}`;
    if (places.has(place)) report.events.add(`lines of ${name} twice in one file`);
    places.add(place);
    const held = lines.get(value.id) ?? new Map<string, { text: string }>();
    report.events.add(held.has(raw) ? `lines of ${name} in two files` : `lines of ${name}`);
    lines.set(value.id, held.set(raw, value));
  }
  return lines;
}

/** The commit that a repository is at; two at the same one hold the same. */
export async function tipOf(repository: string): Promise<string> {
  return git(repository, 'rev-parse', 'main').catch(() => 'nothing');
}
