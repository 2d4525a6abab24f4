import type { TagCount } from '../../contract/tags.ts';
import { type Answer, call } from './client.ts';

/** All tags, most used first. */
export function listTags(): Promise<Answer<TagCount[]>> {
  return call('GET', '/tags');
}
