import type { ImportLine, ImportResult } from '../../contract/import.ts';
import { cleanFileName } from '../../domain/attachment.ts';
import { type Answer, call, canBeReached } from './client.ts';
import { aboutFile, isUnreachable, toProblem } from './problem.ts';
import { whyNotReadable } from './readable.ts';

export interface ImportOptions {
  /** Empty for the primary one. */
  readonly repository: string;
  /** If true, only counts what an import would do. */
  readonly isDryRun: boolean;
  readonly zone?: string;
  readonly dates?: 'dmy' | 'mdy';
  /** The ids of the conversations to import; all of them if absent. */
  readonly conversations?: readonly string[];
  /** Whether text that looks like a credential is imported unchanged. */
  readonly confirm?: boolean;
}

export type ImportProgress = NonNullable<ImportLine['progress']>;

/** Sends an export to be counted or imported, and reports the progress. */
export async function sendImport(
  file: File,
  { repository, isDryRun, zone, dates, conversations, confirm }: ImportOptions,
  onProgress: (progress: ImportProgress) => void,
): Promise<Answer<ImportResult>> {
  const query = new URLSearchParams({
    ...(repository && { repository }),
    name: cleanFileName(file.name),
    ...(isDryRun && { dryRun: 'true' }),
    ...(zone && { zone }),
    ...(dates && { dates }),
    ...(conversations && { conversations: JSON.stringify(conversations) }),
    ...(confirm && { confirm: 'true' }),
  });
  const reason = await whyNotReadable(file);
  if (reason !== undefined) return { ok: false, problem: aboutFile(reason) };
  let last: ImportLine = {};
  const answer = await call<unknown>('POST', `/import?${query}`, {
    file,
    onText: (text) => {
      last = lastLine(text) ?? last;
      if (last.progress) onProgress(last.progress);
    },
  });
  // For a browser, an import that is cut off because it is too large looks like a server that cannot be reached.
  if (!answer.ok && isUnreachable(answer.problem) && (await canBeReached()))
    return { ok: false, problem: toProblem(0, CUT_OFF) };
  if (!answer.ok) return answer;
  if (last.result) return { ...answer, body: last.result };
  const { status = 0 } = last.problem ?? {};
  return { ok: false, problem: toProblem(status, last.problem ?? CUT_OFF) };
}

const CUT_OFF = {
  title: 'Import stopped',
  detail:
    'The connection was lost. What was imported so far is safe. Import the same file again to continue: nothing is imported twice. If the connection is lost again, the file may be too large for the server, or for a proxy in front of it.',
};

/** The last complete line. */
function lastLine(text: string): ImportLine | undefined {
  const end = text.lastIndexOf('\n');
  if (end === -1) return undefined;
  return JSON.parse(text.slice(text.lastIndexOf('\n', end - 1) + 1, end)) as ImportLine;
}
