import type { Message } from '../../contract/message.ts';
import type { Targets } from '../state/draft.ts';
import { repositories } from '../state/repositories.ts';

/** Whether a message is in every requested repository. If one refused, the answer to the request says what to do. */
export function isEverywhere({ deliveries }: Message, targets: Targets = 'default'): boolean {
  const known = repositories.get().list.map(({ name }) => name);
  const wanted = targets === 'default' ? [] : targets === 'all' ? known : targets;
  return wanted.every((name) => deliveries.some(({ repository }) => repository === name));
}
