import type { Message } from '../../contract/message.ts';
import type { Targets } from '../state/draft.ts';
import { repositories } from '../state/repositories.ts';

/** Whether a message is in every repository that was asked for: where one refused, the answer says what to do. */
export function isEverywhere({ deliveries }: Message, targets: Targets = 'default'): boolean {
  const known = repositories.get().list.map(({ name }) => name);
  const wanted = targets === 'default' ? [] : targets === 'all' ? known : targets;
  return wanted.every((name) => deliveries.some(({ repository }) => repository === name));
}
