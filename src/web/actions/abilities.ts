import { readAbilities } from '../api/abilities.ts';
import { abilities } from '../state/abilities.ts';
import { formatQuery, query } from '../state/query.ts';
import { countFound } from './found.ts';
import { loadPinned } from './pins.ts';
import { loadSettings } from './settings.ts';
import { loadTags } from './tags.ts';
import { loadTimeline } from './timeline.ts';

/** Finds out what the server can do, and reads what only some of them have. */
export async function loadAbilities(): Promise<void> {
  const answer = await readAbilities();
  if (!answer.ok) return;
  const asked = formatQuery(query.get());
  abilities.dispatch(answer.body);
  // What was asked before may have meant other days.
  if (formatQuery(query.get()) !== asked) void loadTimeline();
  const { settings, tags, operators, pins } = answer.body;
  await Promise.all([
    countFound(),
    settings && loadSettings(),
    tags && loadTags(),
    pins && operators && loadPinned(),
  ]);
}
