import type { Count } from '../../../contract/message.ts';
import { found } from '../../state/found.ts';
import { useStore } from '../../state/store.ts';
import { type Timeline, timeline } from '../../state/timeline.ts';

/** How many messages match: the loaded ones if those are all, otherwise as many as the server has counted. */
export function Found() {
  const counted = useStore(found, (state) => state);
  const words = useStore(timeline, (state) => foundInWords(state, counted));
  return words === '' ? null : (
    <span class="found" role="status">
      {words}
    </span>
  );
}

function foundInWords(
  { status, messages, removed, next, newer }: Timeline,
  counted: Count | undefined,
): string {
  // While another answer is loading, what is shown still belongs to the previous request.
  if (status !== 'ready' || messages.length === 0) return '';
  const here = messages.filter(({ id }) => !removed.has(id)).length;
  if (next === null && newer === 'none') return `${here.toLocaleString()} found`;
  // While the server is counting, the loaded messages are a lower bound.
  if (counted === undefined || counted.messages < here) return `${here.toLocaleString()}+ found`;
  return `${counted.messages.toLocaleString()}${counted.more ? '+' : ''} found`;
}
