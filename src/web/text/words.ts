import type { Delivery, DeliveryState } from '../../contract/message.ts';
import type { Growth, RepositoryState, RepositoryStatus, SyncResult } from '../../contract/repository.ts';
import { isFailure, type SyncFailure, type SyncStatus } from '../../domain/repository.ts';
import type { Progress } from '../api/events.ts';

/** Why a sync failed, and the state that a repository is in until one succeeds. */
const FAILURES: Record<SyncFailure, string> = {
  offline: 'Can’t reach the remote',
  unauthorized: 'The remote refuses access',
  'not-found': 'Remote not found',
  rejected: 'The remote refused the push',
  conflicted: 'In conflict',
  rewritten: 'History was rewritten',
  failed: 'The sync failed',
};

const STATES: Record<Exclude<RepositoryState, 'ready'>, string> = {
  cloning: 'Cloning…',
  unsafe: 'Not safe to write to',
  ...FAILURES,
};

const OUTCOMES: Record<SyncStatus, string> = {
  pushed: 'Pushed',
  pulled: 'Pulled',
  'up-to-date': 'Up to date',
  ...FAILURES,
};

export const DELIVERY_WORDS: Record<DeliveryState, string> = {
  committed: 'committed',
  pushed: 'pushed',
  outdated: 'outdated',
};

export const TYPE_WORDS: Readonly<Record<string, string>> = {
  text: 'Plain text',
  markdown: 'Markdown',
  code: 'Code',
  link: 'Link',
  task: 'Task',
};

/** A repository's state in everyday words. */
export function stateInWords({ state, ahead, behind }: RepositoryStatus): string {
  if (state !== 'ready') return STATES[state] ?? state;
  if (ahead > 0 && behind > 0) return `${ahead.toLocaleString()} to push, ${behind.toLocaleString()} to pull`;
  if (ahead > 0) return `${ahead.toLocaleString()} to push`;
  if (behind > 0) return `${behind.toLocaleString()} to pull`;
  return 'Up to date';
}

/** What git is doing, by its own names for the stages. */
const STAGES: Readonly<Record<string, string>> = {
  'Enumerating objects': 'Looking for new commits',
  'Counting objects': 'Looking for new commits',
  'Compressing objects': 'Compressing',
  'Writing objects': 'Sending',
  'Receiving objects': 'Receiving',
  'Resolving deltas': 'Unpacking',
  'Updating files': 'Writing files',
};

export const progressInWords = ({ stage, percent }: Progress): string =>
  `${STAGES[stage] ?? stage}, ${Math.round(percent)} %`;

/** The result of a push or a pull, in one line. */
export function resultInWords({ status, pushed, pulled }: SyncResult): string {
  const outcome = OUTCOMES[status] ?? status;
  const counts = countsInWords({ pushed, pulled });
  if (counts === '') return outcome;
  return isFailure(status) ? `${outcome}; ${counts}` : counts;
}

/** How many messages a sync pushed and pulled; empty if there were none. */
export function countsInWords({ pushed, pulled }: Pick<SyncResult, 'pushed' | 'pulled'>): string {
  const pulledInWords = pulled > 0 ? `${count(pulled, 'message')} pulled` : '';
  const pushedInWords = pushed > 0 ? `${count(pushed, 'message')} pushed` : '';
  return [pulledInWords, pushedInWords].filter((part) => part !== '').join(', ');
}

/** How many repositories need a person. */
export const needInWords = (number: number): string =>
  `${number.toLocaleString()} ${number === 1 ? 'needs' : 'need'} attention`;

/** Where a message was saved, for a screen reader. */
export function savedInWords(deliveries: readonly Delivery[]): string {
  return `Saved to ${deliveries.map(({ repository }) => repository).join(', ')}`;
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString()} ${noun}${number === 1 ? '' : 's'}`;
}

/** The size of a repository. */
export function growthInWords({ commits, files, size }: Growth): string {
  return [count(commits ?? 0, 'commit'), count(files ?? 0, 'file'), sizeInWords(size ?? 0)].join(' · ');
}

/** A number of bytes in a readable unit. */
function sizeInWords(bytes: number): string {
  const [unit, divisor] =
    bytes < 1e6 ? ['kilobyte', 1e3] : bytes < 1e9 ? ['megabyte', 1e6] : ['gigabyte', 1e9];
  return (bytes / (divisor as number)).toLocaleString(undefined, {
    style: 'unit',
    unit: unit as string,
    maximumSignificantDigits: 3,
  });
}

export const shortCommit = (commit: string): string => commit.slice(0, 7);

/** Whether the remote is the bare repository that gitpost keeps in its own data folder. */
export const hasOwnRemote = ({ name, url }: Pick<RepositoryStatus, 'name' | 'url'>): boolean =>
  url.startsWith('/') && url.endsWith(`/remotes/${name}.git`);
