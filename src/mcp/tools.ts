import { z } from 'zod';
import { cursorOfNext } from '../client/next-page.ts';
import type { HistoryEntry, Message } from '../contract/message.ts';
import type { RepositoryStatus, SyncResults } from '../contract/repository.ts';
import type { Stats } from '../contract/stats.ts';
import { MESSAGE_TYPES } from '../domain/message.ts';
import { outcome, type Tool, tool } from './tool.ts';
import { brief, NOTE, revisionOf, whole } from './views.ts';

const MOST_SHOWN = 50;
const USUALLY_SHOWN = 20;

const id = z.string().describe('Id of the message');
const repository = z.string().optional().describe('Name of a repository');
const date = z.string().optional().describe('ISO date or time');

const content = {
  type: z.enum(MESSAGE_TYPES).optional(),
  language: z.string().optional().describe('Of code'),
  url: z.string().optional().describe('Of a link'),
  done: z.boolean().optional().describe('Of a task'),
  tags: z.array(z.string()).optional().describe('Besides #tags in the text'),
  pinned: z.boolean().optional(),
};

const search = tool({
  name: 'search_messages',
  description:
    'Find messages, newest first, with shortened texts. Without q: the newest ones. All words of q must match; "phrases", from:, in:, type:, tag:, before:, after: and -word work.',
  input: z.object({
    q: z.string().optional(),
    repository,
    author: z.string().optional(),
    tag: z.string().optional(),
    since: date,
    until: date,
    limit: z.int().min(1).max(MOST_SHOWN).optional().describe(`${USUALLY_SHOWN} if not given`),
    cursor: z.string().optional().describe('next of the page before'),
  }),
  hints: { readOnly: true },
  run: async ({ limit = USUALLY_SHOWN, ...given }, api) => {
    const query = new URLSearchParams({ ...withoutUndefined(given), limit: String(limit) });
    const answer = await api.get<Message[]>(`messages?${query}`);
    if (!answer.ok) return answer;
    return {
      ok: true,
      value: { note: NOTE, messages: answer.value.map(brief), next: cursorOfNext(answer.link) },
    };
  },
});

const get = tool({
  name: 'get_message',
  description: 'One message with its full text and where it is committed. history: all revisions.',
  input: z.object({ id, history: z.boolean().optional() }),
  hints: { readOnly: true },
  run: async ({ id: asked, history }, api) => {
    const path = `messages/${encodeURIComponent(asked)}`;
    if (!history)
      return outcome(await api.get<Message>(path), (message) => ({ note: NOTE, message: whole(message) }));
    return outcome(await api.get<HistoryEntry[]>(`${path}/history`), (revisions) => ({
      note: NOTE,
      id: asked,
      revisions: revisions.map(revisionOf),
    }));
  },
});

const post = tool({
  name: 'post_message',
  description:
    'Write a message: a git commit each in the repositories it goes to. Give id (a UUID) to be able to call it again safely: the same id makes no second message.',
  input: z.object({
    text: z.string(),
    id: z.string().optional(),
    author: z.string().optional().describe('Your name; else it is signed with that of the person'),
    ...content,
    replyTo: z.string().optional().describe('Id of a message'),
    repositories: z.array(z.string()).optional(),
  }),
  hints: {},
  run: async (given, api) => {
    const answer = await api.send<Message>('POST', 'messages', given);
    if (!answer.ok) return answer;
    const { value, status } = answer;
    return { ok: true, value: { id: value.id, isNew: status === 201, repositories: value.deliveries } };
  },
});

const edit = tool({
  name: 'edit_message',
  description: 'Change fields of a message. The history keeps what it was. A deleted one comes back.',
  input: z.object({ id, text: z.string().optional(), ...content }),
  hints: { destructive: true },
  run: async ({ id: asked, ...fields }, api) =>
    outcome(
      await api.send<Message>('PATCH', `messages/${encodeURIComponent(asked)}`, fields),
      ({ revision, deliveries }) => ({ id: asked, revision, repositories: deliveries }),
    ),
});

const repositories = tool({
  name: 'list_repositories',
  description: 'All repositories, with their state and what is not pushed or pulled yet.',
  input: z.object({}),
  hints: { readOnly: true },
  run: async (_given, api) =>
    outcome(await api.get<RepositoryStatus[]>('repositories'), (all) => ({
      repositories: all.map(({ name, branch, primary, messages, ahead, behind, state, lastSync, error }) => ({
        ...{ name, branch, primary, messages, ahead, behind, state, lastSync, error },
      })),
    })),
});

const sync = tool({
  name: 'sync',
  description: 'Fetch, merge and push (or only pull) repositories; all of them if none is named.',
  input: z.object({ repositories: z.array(z.string()).optional(), pullOnly: z.boolean().optional() }),
  hints: { outside: true },
  run: async ({ repositories: names, pullOnly }, api) =>
    outcome(
      await api.send<SyncResults>('POST', pullOnly ? 'pull' : 'push', names ? { repositories: names } : {}),
      (results) => results,
    ),
});

const stats = tool({
  name: 'stats',
  description: 'How many messages there are by day (UTC), author and repository.',
  input: z.object({ repository, since: date, until: date }),
  hints: { readOnly: true },
  run: async (given, api) =>
    outcome(await api.get<Stats>(`stats?${new URLSearchParams(withoutUndefined(given))}`), (all) => ({
      ...all,
      // The latest ones are enough, and a date range can narrow it down.
      days: all.days.slice(-100),
      daysOmitted: Math.max(0, all.days.length - 100),
    })),
});

const remove = tool({
  name: 'delete_message',
  description: 'Delete a message. The history keeps it, and edit_message brings it back.',
  input: z.object({ id }),
  hints: { destructive: true },
  run: async ({ id: asked }, api) =>
    outcome(await api.send('DELETE', `messages/${encodeURIComponent(asked)}`), () => ({
      id: asked,
      deleted: true,
    })),
});

/** The tools for an agent. Deleting is only included if a person has enabled it. */
export const toolsFor = (canDelete: boolean): readonly Tool[] => [
  search,
  get,
  post,
  edit,
  repositories,
  sync,
  stats,
  ...(canDelete ? [remove] : []),
];

function withoutUndefined(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}
