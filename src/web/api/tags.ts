import { type Answer, call } from './client.ts';

/** A tag of the archive, and how many messages have it. */
export interface TagCount {
  readonly tag: string;
  readonly messages: number;
}

/** All tags, the most used first. */
export function listTags(): Promise<Answer<TagCount[]>> {
  return call('GET', '/tags');
}
