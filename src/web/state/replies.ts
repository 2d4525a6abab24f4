import type { Message } from '../../contract/message.ts';

/** The replies to each loaded message, oldest first. */
type Replies = ReadonlyMap<string, readonly Message[]>;

const known = new WeakMap<readonly Message[], Replies>();
const NONE: readonly Message[] = [];

/** The loaded replies to a message, oldest first. They are collected once per state of the timeline. */
export function repliesTo(id: string, messages: readonly Message[]): readonly Message[] {
  let replies = known.get(messages);
  if (replies === undefined) {
    replies = gather(messages);
    known.set(messages, replies);
  }
  return replies.get(id) ?? NONE;
}

function gather(messages: readonly Message[]): Replies {
  const replies = new Map<string, Message[]>();
  for (const message of messages) {
    if (message.replyTo === undefined) continue;
    const others = replies.get(message.replyTo);
    if (others) others.push(message);
    else replies.set(message.replyTo, [message]);
  }
  return replies;
}
