import { useStore } from '../../state/store.ts';
import { type Timeline, timeline } from '../../state/timeline.ts';

/** How many messages match, as far as those that are here can tell: to count the others, all would have to be read. */
export function Found() {
  const words = useStore(timeline, foundInWords);
  return words === '' ? null : <span class="found">{words}</span>;
}

function foundInWords({ status, messages, removed, next, newer }: Timeline): string {
  // What is still here while another answer is on its way belongs to what was asked before.
  if (status !== 'ready' || messages.length === 0) return '';
  const found = messages.filter(({ id }) => !removed.has(id)).length;
  const isAll = next === null && newer === 'none';
  return `${found.toLocaleString()}${isAll ? '' : '+'} found`;
}
