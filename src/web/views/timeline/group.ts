import type { Message } from '../../../contract/message.ts';
import { dayOf } from '../../text/time.ts';

export interface DayGroup {
  readonly day: string;
  /** The index of its first message among all. */
  readonly start: number;
  readonly messages: readonly Message[];
}

const SAME_BREATH = 5 * 60_000;

/** Messages in their order, grouped by day in the reader's time zone. */
export function groupByDay(messages: readonly Message[]): DayGroup[] {
  const groups: { day: string; start: number; messages: Message[] }[] = [];
  for (const [index, message] of messages.entries()) {
    const day = dayOf(message.createdAt);
    const last = groups.at(-1);
    if (last?.day === day) last.messages.push(message);
    else groups.push({ day, start: index, messages: [message] });
  }
  return groups;
}

/** Whether a message continues the author's previous one, so the name need not be repeated. */
export function goesOn(message: Message, before: Message): boolean {
  if (before.author !== message.author) return false;
  return Date.parse(message.createdAt) - Date.parse(before.createdAt) < SAME_BREATH;
}
