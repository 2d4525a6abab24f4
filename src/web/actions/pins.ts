import type { EditRequest, Message } from '../../contract/message.ts';
import { listMessages, patchMessage } from '../api/messages.ts';
import { say, show } from '../state/notices.ts';
import { pinned } from '../state/pinned.ts';
import { takeIn } from './take-in.ts';

/** The strip is only for a few. The others are in the view of all pinned messages. */
const MOST = 20;

export async function loadPinned(): Promise<void> {
  const answer = await listMessages(`/messages?q=is%3Apinned&limit=${MOST}`);
  if (answer.ok) pinned.dispatch(answer.body.messages);
}

/** Whether a message is pinned. */
export const isPinned = (message: Message): boolean => 'pinned' in message && message.pinned === true;

/** Whether a change of a message affects the strip. */
export function concernsPins(message: Message): boolean {
  return isPinned(message) || pinned.get().some(({ id }) => id === message.id);
}

export async function pin(message: Message, wanted: boolean): Promise<void> {
  const answer = await patchMessage(message.id, { pinned: wanted } as EditRequest);
  if (!answer.ok) return show('bad', `The pin was not changed. ${answer.problem.detail}`);
  takeIn(answer.body);
  await loadPinned();
  say(wanted ? 'Pinned' : 'Unpinned');
}
