import { useLayoutEffect, useState } from 'preact/hooks';
import type { Refusal } from '../../actions/messages.ts';
import { isSecretGuard } from '../../api/problem.ts';

/**
 * Why a message was not saved. The question whether to save a credential is over when anything changes, since nobody
 * was asked about what is there then.
 *
 * @param contents what would be saved now
 */
export function useRefusal(contents: () => string) {
  const [refusal, setRefusal] = useState<Refusal & { readonly now: string }>();
  const isOver = refusal !== undefined && isSecretGuard(refusal.problem) && contents() !== refusal.now;
  useLayoutEffect(() => {
    if (isOver) setRefusal(undefined);
  }, [isOver]);
  const shown = isOver ? undefined : refusal;
  return {
    problem: shown?.problem,
    /** What can be confirmed: nothing if it was changed while it was being sent. */
    confirmable: shown && shown.contents === shown.now ? shown.contents : undefined,
    set: (next: Refusal | undefined) => setRefusal(next && { ...next, now: contents() }),
    clear: () => setRefusal(undefined),
  };
}
