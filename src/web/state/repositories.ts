import type { RepositoryStatus, SyncResult } from '../../contract/repository.ts';
import type { Progress } from '../api/events.ts';
import type { Problem } from '../api/problem.ts';
import type { Direction } from '../api/repositories.ts';
import { createStore } from './store.ts';

export interface Repositories {
  readonly status: 'loading' | 'ready' | 'failed';
  readonly problem: Problem | undefined;
  readonly list: readonly RepositoryStatus[];
  readonly running: Readonly<Record<string, Direction>>;
  readonly progress: Readonly<Record<string, Progress>>;
  readonly results: Readonly<Record<string, SyncResult>>;
  /** The repositories of the last run for all, once it has ended. */
  readonly allDone: readonly string[];
}

export type RepositoriesAction =
  | { readonly type: 'answered'; readonly list: readonly RepositoryStatus[] }
  | { readonly type: 'refused'; readonly problem: Problem }
  | { readonly type: 'changed'; readonly status: RepositoryStatus }
  | { readonly type: 'progressed'; readonly progress: Progress }
  | Started
  | { readonly type: 'ended'; readonly names: readonly string[]; readonly results: readonly SyncResult[] }
  | { readonly type: 'ran-all'; readonly names: readonly string[] };

interface Started {
  readonly type: 'started';
  readonly names: readonly string[];
  readonly direction: Direction;
}

const NONE: Repositories = {
  status: 'loading',
  problem: undefined,
  list: [],
  running: {},
  progress: {},
  results: {},
  allDone: [],
};

function reduceRepositories(state: Repositories, action: RepositoriesAction): Repositories {
  switch (action.type) {
    case 'answered':
      return { ...state, status: 'ready', problem: undefined, list: action.list };
    case 'refused':
      return { ...state, status: 'failed', problem: action.problem };
    case 'changed':
      return change(state, action.status);
    case 'progressed':
      return { ...state, progress: { ...state.progress, [action.progress.repository]: action.progress } };
    case 'started':
      return start(state, action);
    case 'ended':
      return {
        ...state,
        running: omit(state.running, action.names),
        progress: omit(state.progress, action.names),
        results: {
          ...state.results,
          ...Object.fromEntries(action.results.map((result) => [result.repository, result])),
        },
      };
    case 'ran-all':
      return { ...state, allDone: action.names };
  }
}

function start(state: Repositories, { names, direction }: Started): Repositories {
  const running = { ...state.running, ...Object.fromEntries(names.map((name) => [name, direction])) };
  return { ...state, running, results: omit(state.results, names) };
}

/** The primary one, then the others in the server's order, so none moves when its state changes. */
export function primaryFirst(list: readonly RepositoryStatus[]): readonly RepositoryStatus[] {
  return [...list].sort((a, b) => Number(b.primary) - Number(a.primary));
}

function change(state: Repositories, status: RepositoryStatus): Repositories {
  const known = state.list.some(({ name }) => name === status.name);
  const list = known
    ? state.list.map((shown) => (shown.name === status.name ? status : shown))
    : [...state.list, status];
  const busy = status.state === 'cloning' || status.name in state.running;
  return { ...state, list, progress: busy ? state.progress : omit(state.progress, [status.name]) };
}

function omit<Value>(
  record: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

export const repositories = createStore(reduceRepositories, NONE);
