import { readAbilities } from '../api/abilities.ts';
import { abilities } from '../state/abilities.ts';
import { loadPinned } from './pins.ts';
import { loadSettings } from './settings.ts';
import { loadTags } from './tags.ts';

/** Finds out what the server can do, and reads what only some of them have. */
export async function loadAbilities(): Promise<void> {
  const answer = await readAbilities();
  if (!answer.ok) return;
  abilities.dispatch(answer.body);
  const { settings, tags, operators, pins } = answer.body;
  await Promise.all([settings && loadSettings(), tags && loadTags(), pins && operators && loadPinned()]);
}
