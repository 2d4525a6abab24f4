import { z } from 'zod';
import {
  type AttachmentReference,
  isFileName,
  MOST_ATTACHMENTS,
  MOST_NAME_CHARACTERS,
  SHA256,
} from '../domain/attachment.ts';
import { LIMITS, lengthOf, MESSAGE_TYPES, MOST_TAGS, TAG } from '../domain/message.ts';
import { bounded, commit, flag, isDay, isInstant, noControls, uuid, zone } from './fields.ts';
import { problemSchema } from './problem.ts';
import type { Request, Shape } from './shape.ts';

const instant = z
  .string({ error: 'createdAt must be an ISO 8601 date and time' })
  .refine(
    isInstant,
    'createdAt must be an ISO 8601 date and time from 1970 to 9999, such as 2026-11-22T10:00:00.000Z',
  )
  .transform((text) => new Date(text).toISOString())
  .meta({ format: 'date-time' });

const isWebUrl = (text: string): boolean =>
  /^https?:\/\//i.test(text) && !/[\s\p{Cc}]/u.test(text) && URL.canParse(text);

const text = z
  .string({ error: 'text must be a string' })
  .refine((given) => lengthOf(given) <= LIMITS.text, `text must have ${LIMITS.text} characters or fewer`)
  .meta({
    maxLength: LIMITS.text,
    description: 'Not only white space; may be empty for a link, or if there are attachments',
  });

const FILE_NAME_RULE = `a file name must have 1 to ${MOST_NAME_CHARACTERS} characters, without /, \\ and control characters`;

/** The name of a file in a request. */
export const fileName = z
  .string({ error: 'a file name must be a string' })
  .refine(isFileName, FILE_NAME_RULE)
  .meta({ minLength: 1, maxLength: MOST_NAME_CHARACTERS });

const reference = z.strictObject(
  {
    sha256: z.string().regex(SHA256, 'sha256 must be 64 lower-case hex digits'),
    name: fileName.exactOptional(),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type' ? 'an attachment must be {"sha256", "name"?}' : undefined,
  },
);

const attachments = z
  .array(reference, { error: 'attachments must be a list of {"sha256", "name"?}' })
  .max(MOST_ATTACHMENTS, `attachments must be ${MOST_ATTACHMENTS} or fewer`)
  .transform(eachOnce)
  .meta({ description: 'Files that were uploaded, or that another message has' });

function eachOnce(given: readonly AttachmentReference[]): AttachmentReference[] {
  const first = new Map<string, AttachmentReference>();
  for (const one of given) if (!first.has(one.sha256)) first.set(one.sha256, one);
  return [...first.values()];
}

const TAG_RULE = 'a tag must be 1 to 64 letters, digits, _ or -';

/** What a person or a program writes and can change later. `text` is only required for a new message. */
const written = {
  author: bounded('author', LIMITS.author)
    .refine(noControls, 'author must not hold control characters')
    .refine((name) => /\S/u.test(name), 'author must not be only white space')
    .exactOptional(),
  type: z.enum(MESSAGE_TYPES, { error: `type must be one of ${MESSAGE_TYPES.join(', ')}` }).exactOptional(),
  language: bounded('language', LIMITS.language)
    .refine(noControls, 'language must not hold control characters')
    .exactOptional(),
  url: bounded('url', LIMITS.url).refine(isWebUrl, 'url must be an http or https URL').exactOptional(),
  done: flag('done').exactOptional(),
  tags: z
    .array(z.string().regex(TAG, TAG_RULE), { error: 'tags must be a list of strings' })
    .max(MOST_TAGS, `tags must be ${MOST_TAGS} or fewer`)
    .transform((tags) => [...new Set(tags.map((tag) => tag.toLowerCase()))])
    .meta({ description: 'Tags besides those in the text' })
    .exactOptional(),
  attachments: attachments.exactOptional(),
  pinned: flag('pinned').exactOptional(),
};

const confirm = flag('confirm')
  .meta({ description: 'Whether text that looks like a credential is meant to be saved' })
  .exactOptional();

const repositories = z
  .union([z.literal('all'), z.array(z.string()).min(1)], {
    error: 'repositories must be "all" or a list with at least one name',
  })
  .meta({ description: 'Names of repositories, or "all"; without it the default target' });

export const draftSchema = z
  .strictObject({
    id: uuid('id').exactOptional(),
    text,
    ...written,
    replyTo: uuid('replyTo').exactOptional(),
    createdAt: instant.exactOptional(),
    repositories: repositories.exactOptional(),
    confirm,
  })
  .meta({ id: 'Draft' });
/** A message to capture. */
export type Draft = Shape<typeof draftSchema>;
/** A message to capture, in the form that a client sends. */
export type DraftRequest = Request<typeof draftSchema>;

export const editSchema = z
  .strictObject({ text: text.exactOptional(), ...written, confirm })
  .meta({ id: 'Edit' });
/** The changes to a message, after parsing. */
export type Edit = Shape<typeof editSchema>;
/** The changes to a message, in the form that a client sends. */
export type EditRequest = Request<typeof editSchema>;

const moment = z
  .string()
  .refine((given) => isDay(given) || isInstant(given), 'must be an ISO 8601 date, or date and time')
  .transform((given): Moment => (isDay(given) ? { day: given } : Date.parse(given)));
/** A moment in milliseconds since 1970, or the beginning of a day such as `2026-11-22` in the time zone of the call. */
export type Moment = number | { readonly day: string };

/** The fields that select messages, shared by all calls that take a selection. */
export const filterFields = {
  repository: z.string().exactOptional(),
  author: z.string().exactOptional(),
  type: z.string().exactOptional(),
  tag: z
    .string()
    .transform((tag) => tag.replace(/^#/, '').toLowerCase())
    .exactOptional(),
  q: z
    .string()
    .max(1000, 'must have 1000 characters or fewer')
    .meta({
      description:
        'Words and "quoted phrases", all required. from:, in:, type:, tag:, before:, after:, has:attachment, ' +
        'has:link, is:pinned, is:open, is:reply, is:deleted; OR between two terms; - before one excludes it',
    })
    .exactOptional(),
  since: moment.exactOptional(),
  until: moment.exactOptional(),
  zone: zone.exactOptional(),
};

const AS_OF = 'must be an ISO 8601 date, or date and time, or the id of a commit with at least 4 digits';

/** A moment in milliseconds since 1970, or the digits of a commit. */
export const asOf = z
  .string()
  .refine((given) => isDay(given) || isInstant(given) || /^[0-9a-f]{4,64}$/i.test(given), AS_OF)
  .transform((given): Moment | string => {
    if (isDay(given)) return { day: given };
    return isInstant(given) ? Date.parse(given) : given.toLowerCase();
  })
  .meta({
    description:
      'Messages as they were: with every line that is not later than this time, or with the lines that the branch ' +
      'held at this commit, of which the first digits are enough',
  });
/** The past that is requested: a moment in milliseconds since 1970, or the digits of a commit. */
export type AsOf = string | number;

const LIMIT = 'must be a whole number from 1 to 1000';

export const listQuery = z.strictObject({
  ...filterFields,
  limit: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, LIMIT)
    .transform(Number)
    .refine((limit) => limit <= 1000, LIMIT)
    .exactOptional(),
  cursor: z.string().exactOptional(),
  asOf: asOf.exactOptional(),
});

export const messageQuery = z.strictObject({ asOf: asOf.exactOptional(), zone: zone.exactOptional() });

export const countQuery = z.strictObject({ ...filterFields, asOf: asOf.exactOptional() });

export const countSchema = z
  .object({
    messages: z.int().min(0),
    more: z.literal(true).exactOptional().meta({ description: 'There are more: counting stopped there' }),
  })
  .meta({ id: 'Count' });
/** How many messages pass a filter, as far as they were counted. */
export type Count = Shape<typeof countSchema>;
export const attachmentSchema = z
  .object({
    sha256: z.string().meta({ pattern: SHA256.source }),
    name: z.string(),
    type: z.string().meta({ description: 'The media type, as the bytes say' }),
    size: z.int().min(0).meta({ description: 'In bytes' }),
    width: z.int().min(1).exactOptional().meta({ description: 'In pixels, as it is shown' }),
    height: z.int().min(1).exactOptional(),
  })
  .meta({ id: 'Attachment' });

/** The content of a revision, as it was written. A journal may contain types of other programs. */
const stored = {
  author: z.string(),
  type: z.string(),
  language: z.string().exactOptional(),
  url: z.string().exactOptional(),
  done: z.boolean().exactOptional(),
  text: z.string(),
  replyTo: z.string().exactOptional(),
  attachments: z.array(attachmentSchema).exactOptional(),
  pinned: z.literal(true).exactOptional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime().exactOptional(),
  deletedAt: z.iso.datetime().exactOptional(),
};

const deliverySchema = z
  .object({
    repository: z.string(),
    /** `null` after the mirror was rebuilt, until it has been found again. */
    commit,
    state: z.enum(['committed', 'pushed', 'outdated']),
  })
  .meta({ id: 'Delivery' });
/** Where a message is: its commit in one repository. */
export type Delivery = Shape<typeof deliverySchema>;
export type DeliveryState = Delivery['state'];

export const messageSchema = z
  .object({
    id: z.uuid(),
    revision: z.int().min(1),
    ...stored,
    tags: z.array(z.string()),
    conflict: z.literal(true).exactOptional(),
    deliveries: z.array(deliverySchema),
  })
  .meta({ id: 'Message' });
/** The current version of a message, as every reader sees it. */
export type Message = Shape<typeof messageSchema>;

export const historySchema = z
  .array(
    z.object({
      id: z.uuid(),
      revision: z.int().min(1),
      parents: z.array(z.string()).exactOptional(),
      ...stored,
      tags: z.array(z.string()).meta({ description: 'Tags besides those in the text' }).exactOptional(),
      commits: z.array(
        z.object({
          repository: z.string(),
          commit,
          committer: z
            .string()
            .exactOptional()
            .meta({ description: 'Who committed it; left out while it is not known' }),
          committedAt: z.iso.datetime().exactOptional(),
          device: z.string().exactOptional().meta({ description: 'The device that committed it, by its id' }),
        }),
      ),
      head: z.literal(true).exactOptional(),
    }),
  )
  .meta({ id: 'History' });
/** One revision in the history of a message. */
export type HistoryEntry = Shape<typeof historySchema>[number];

export const bulkResultSchema = z
  .object({
    status: z.int(),
    message: messageSchema.exactOptional(),
    problem: problemSchema.exactOptional(),
  })
  .meta({ id: 'BulkResult', description: 'The result of one line: a message, or a problem' });
export type BulkResult = Shape<typeof bulkResultSchema>;

export const idsQuery = z.strictObject({
  ending: z
    .string()
    .transform((text) => text.toLowerCase())
    .refine((text) => /^[0-9a-f-]{6,36}$/.test(text), 'must be the last 6 to 36 characters of an id'),
});

export const idsSchema = z
  .array(z.object({ id: z.uuid(), deleted: z.literal(true).exactOptional() }))
  .meta({ id: 'Ids' });
/** The id of a message, and whether it is deleted. */
export type Id = Shape<typeof idsSchema>[number];

/** What every call that writes a message can fail with. */
export const WRITE_FAILURES = ['looks-secret', 'unwritable', 'unavailable', 'incomplete'] as const;
