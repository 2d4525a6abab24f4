import { expect } from 'vitest';
import type { Device } from './device.ts';

/** What must never be missing: ids in the order in which they came, and the texts of each with where they must be. */
export interface Acknowledged {
  readonly ids: string[];
  /** By id and text: the numbers of the repositories that must hold it. */
  readonly texts: Map<string, Map<string, Set<number>>>;
  /** By the number of a repository: the hashes of the files that it must hold. */
  readonly files: Map<number, Set<string>>;
}

export const nothingYet = (): Acknowledged => ({ ids: [], texts: new Map(), files: new Map() });

export function acknowledge(
  { ids, texts }: Acknowledged,
  id: string,
  text: string,
  repositories: readonly number[] = [0],
): void {
  if (!texts.has(id)) ids.push(id);
  const held = texts.get(id) ?? new Map<string, Set<number>>();
  texts.set(id, held.set(text, new Set([...(held.get(text) ?? []), ...repositories])));
}

interface Answered {
  readonly id: string;
  readonly attachments?: readonly { readonly sha256: string }[];
  readonly deliveries: readonly { readonly repository: string; readonly state: string }[];
}

/** Notes a message that was answered as captured or changed, in every repository that the answer names. */
export function acknowledgeAnswer(acknowledged: Acknowledged, on: Device, text: string, json: unknown): void {
  const { id, deliveries, attachments = [] } = json as Answered;
  const current = deliveries.filter(({ state }) => state !== 'outdated');
  // A repository that was renamed meanwhile is answered under either name; only the second one is ever renamed.
  const numbers = current.map(({ repository }) => (repository === on.names[0] ? 0 : 1));
  acknowledge(acknowledged, id, text, numbers);
  const { files } = acknowledged;
  for (const number of numbers) {
    files.set(number, new Set([...(files.get(number) ?? []), ...attachments.map(({ sha256 }) => sha256)]));
  }
}

/** Captures a text that must be taken: `why` begins the message of a failure. */
export async function capture(
  acknowledged: Acknowledged,
  on: Device,
  text: string,
  why: string,
  body: object = {},
): Promise<void> {
  const { status, json } = await on.request('POST', '/messages', { text, ...body });
  expect(status, `${why}: a capture is answered ${status} ${JSON.stringify(json)}`).toBe(201);
  acknowledgeAnswer(acknowledged, on, text, json);
}
