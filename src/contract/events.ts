import { z } from 'zod';
import { CHANGES } from '../domain/message.ts';
import { messageSchema } from './message.ts';
import { repositorySchema } from './repository.ts';
import type { Shape } from './shape.ts';

/** The events of `GET /events` that carry data, by name. */
const eventSchemas = {
  message: z.object({ change: z.enum(CHANGES), message: messageSchema }),
  repository: repositorySchema,
  progress: z.object({ repository: z.string(), stage: z.string(), percent: z.number() }),
};

type EventName = keyof typeof eventSchemas;
export type EventData<Name extends EventName> = Shape<(typeof eventSchemas)[Name]>;

/** The events that every reader receives. */
export type GitpostEvent = {
  readonly [Name in EventName]: { readonly type: Name; readonly data: EventData<Name> };
}[EventName];
