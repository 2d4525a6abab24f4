import type { Finding, RepositoryVerification, Verification } from '../contract/verification.ts';

/** A verification as text for a person: one line per repository, then what is wrong, where, and what to do. */
export function reportOf({ status, milliseconds, repositories, mirror }: Verification): string {
  const lines = repositories.flatMap((repository) => [summaryOf(repository), ...findingsOf(repository)]);
  lines.push(`mirror: ${counted(mirror.messages, 'message')}`, ...findingsOf(mirror));
  const seconds = (milliseconds / 1000).toFixed(1);
  lines.push(
    status === 'ok'
      ? `ok: nothing is wrong (${seconds} s). Nothing was changed.`
      : `wrong: see above (${seconds} s). Nothing was changed.`,
  );
  return `${lines.join('\n')}\n`;
}

function summaryOf(repository: RepositoryVerification): string {
  const { name, branch, head, messages, lines, commits, ahead, behind, unpushed } = repository;
  const where = head === null ? 'no commit yet' : `at ${head.slice(0, 12)}`;
  const what = [counted(messages, 'message'), counted(lines, 'line'), counted(commits, 'journal commit')];
  const remote = `${ahead} ahead of the remote, ${behind} behind, ${counted(unpushed, 'message')} not pushed`;
  return `${name} (${branch}, ${where}): ${what.join(', ')}; ${remote}`;
}

function findingsOf({
  findings,
  omitted,
}: {
  readonly findings: readonly Finding[];
  readonly omitted: number;
}) {
  const lines = findings.flatMap((finding) => [`  ${headOf(finding)}`, `    ${oneLine(finding.action)}`]);
  return omitted > 0 ? [...lines, `  … and ${omitted} more`] : lines;
}

function headOf({ severity, kind, detail, file, line, id, commit }: Finding): string {
  const place = file === undefined ? '' : ` ${file}${line === undefined ? '' : `:${line}`}`;
  const about = [id && `message ${id}`, commit && `commit ${commit.slice(0, 12)}`].filter(Boolean).join(', ');
  return oneLine(`${severity} [${kind}]${place}: ${detail}${about === '' ? '' : ` (${about})`}`);
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** File names may contain anything. A line of the report must remain one line and must not control a terminal. */
const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ');
