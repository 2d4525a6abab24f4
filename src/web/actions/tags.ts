import { listTags } from '../api/tags.ts';
import { tags } from '../state/tags.ts';

/** Many messages within this time cause one call. In milliseconds. */
const WAIT = 3000;
let isDue = false;

export async function loadTags(): Promise<void> {
  const answer = await listTags();
  if (answer.ok) tags.dispatch(answer.body);
}

/** Schedules another count of the tags. */
export function loadTagsSoon(): void {
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    void loadTags();
  }, WAIT);
}
