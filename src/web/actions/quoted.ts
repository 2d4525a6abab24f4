import { getMessage } from '../api/messages.ts';
import { quoted } from '../state/quoted.ts';
import { timeline } from '../state/timeline.ts';

const asked = new Set<string>();

/** Reads the message that another one replies to, once, unless it is already loaded. */
export async function readQuoted(id: string): Promise<void> {
  if (asked.has(id) || timeline.get().messages.some((message) => message.id === id)) return;
  asked.add(id);
  const answer = await getMessage(id);
  if (answer.ok) quoted.dispatch({ id, message: answer.body });
  else if (answer.problem.status === 404) quoted.dispatch({ id, message: null });
  else asked.delete(id);
}
