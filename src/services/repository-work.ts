import { within } from '../async/within.ts';
import type { SyncResult } from '../contract/repository.ts';
import { isFailure, type SyncGoal } from '../domain/repository.ts';
import type { Line } from '../journal/line.ts';
import type { Captured, CaptureOptions } from '../repository/capture/queue.ts';
import { noRepository } from './membership.ts';
import { notReady, PATIENCE_MS } from './ready-mirror.ts';
import type { Registry } from './registry.ts';

const SYNCS_AT_ONCE = 4;
/** Lines of an import wait behind all others, and nobody waits for one of them alone. */
const BULK_PATIENCE_MS = 300_000;

/**
 * Captures a line in the repository with this name, even if that is replaced in the meantime. Returns the commit once
 * it is durable; `unknown-repository`, or `unavailable` if that takes over 30 seconds, or
 * five minutes for a line of an import.
 */
export async function captureIn(
  registry: Registry,
  name: string,
  line: Line,
  options?: CaptureOptions,
): Promise<Captured> {
  const patience = options?.inBulk ? BULK_PATIENCE_MS : PATIENCE_MS;
  const captured = await within(
    patience,
    registry
      .inPlace(
        name,
        (repository) => repository.capture(line, options),
        (value) => value.ok,
      )
      .then((value) => value ?? noRepository(name)),
  );
  if (captured) return captured;
  const why = registry.find(name)?.isOpening
    ? `The clone of ${name} is still being made.`
    : `git has not written to ${name} within ${patience / 1000} seconds; the disk may be slow, a git process may hang, or another program may be committing there all the time.`;
  return notReady(
    why,
    'The message may still be saved: sending it again with the same id makes no second one',
  );
}

/**
 * Syncs repositories, four at a time, and reports each result as it arrives. The results are in the order of the
 * names. Repositories that are gone are left out.
 */
export async function syncAll(
  registry: Registry,
  names: readonly string[],
  goal: SyncGoal,
  onSynced: (result: SyncResult) => void,
): Promise<SyncResult[]> {
  const results = new Map<string, SyncResult>();
  const waiting = [...names];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const result = await registry.inPlace(
        name,
        (repository) => repository.sync(goal),
        ({ status }) => !isFailure(status),
      );
      if (!result) continue;
      results.set(name, result);
      onSynced(result);
    }
  };
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, worker));
  return names.flatMap((name) => results.get(name) ?? []);
}
