import type { Response } from 'express';
import { z } from 'zod';
import {
  bulkResultSchema,
  countQuery,
  countSchema,
  draftSchema,
  editSchema,
  historySchema,
  idsQuery,
  idsSchema,
  listQuery,
  messageQuery,
  messageSchema,
  WRITE_FAILURES,
} from '../../contract/message.ts';
import { contentErrors } from '../../domain/content.ts';
import { fail, ok } from '../../domain/result.ts';
import type { Stored } from '../../services/stored.ts';
import { NDJSON } from '../body.ts';
import { captureBulk } from '../bulk.ts';
import { countFound } from '../count-found.ts';
import { readCursor } from '../cursor.ts';
import { pathTo } from '../public-address.ts';
import { answer, json, type Route, route, written } from '../route.ts';
import { pastIn, select } from '../selection.ts';
import { sendAll, sendPage } from '../send-messages.ts';

export const messageRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: '/messages',
    operationId: 'listMessages',
    summary: 'Current messages, newest first',
    query: listQuery,
    answers: {
      200: written('Messages, newest first', {
        'application/json': z.array(messageSchema),
        [NDJSON]: messageSchema,
      }),
    },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ query, request, response }, { reader, repositories }) => {
      const { limit, cursor, ...selection } = query;
      const selected = await select(selection, { reader, repositories });
      if (!selected.ok) return selected;
      const { filter, past } = selected.value;
      const before = cursor === undefined ? undefined : readCursor(cursor, past?.name);
      if (before === null) return badCursor;
      const found = reader.query(filter, before, past);
      await (limit === undefined
        ? sendAll(found, request, response)
        : sendPage(found, limit, request, response, past?.name));
    },
  }),
  route({
    method: 'get',
    path: '/count',
    operationId: 'countMessages',
    summary: 'How many messages there are, with the filters of the list',
    description:
      'Counting stops at 10,000 messages, or after two seconds: then `more` is true, and there are at least so many.',
    query: countQuery,
    answers: { 200: answer('How many there are', countSchema) },
    failures: ['unknown-repository', 'unavailable'],
    handle: async ({ query, response }, { reader, repositories }) => {
      const selected = await select(query, { reader, repositories });
      if (!selected.ok) return selected;
      const { filter, past } = selected.value;
      return ok(await countFound(reader.query(filter, undefined, past), () => response.closed));
    },
  }),
  route({
    method: 'post',
    path: '/messages',
    operationId: 'createMessage',
    summary: 'Capture a message, or a bulk of them',
    description:
      'A bulk (application/x-ndjson) has one message a line: at most 64 MiB, 250,000 lines, and 1 MiB in a line. ' +
      'It is read to its end first, and refused with 413 as a whole when it is larger. Then its lines are ' +
      'captured in order, and each has one result line as soon as it is known: {"status":201,"message":{…}} or ' +
      '{"status":400,"problem":{…}}. A client that disconnects, or reads nothing for 2 minutes, ends it: lines ' +
      'that were captured by then stay. Send it again with the same ids to complete it.',
    body: json(draftSchema, { together: contentErrors }),
    answers: {
      200: {
        ...answer(
          'It was captured before; or the results of a bulk, one per line, in the order of its lines',
          messageSchema,
        ),
        content: { 'application/json': messageSchema, [NDJSON]: bulkResultSchema },
      },
      201: answer('Its commits are durable', messageSchema),
    },
    failures: ['unknown-repository', 'id-taken', ...WRITE_FAILURES],
    handle: async ({ body, response }, { messages }) => {
      const stored = await messages.create(body);
      if (!stored.ok) return stored;
      const { created, message } = stored.value;
      if (created) response.status(201).location(pathTo(response, `/messages/${message.id}`));
      return tagged(response, stored.value);
    },
    bulk: ({ body, response }, { messages }) => captureBulk(messages, body, response),
  }),
  route({
    method: 'get',
    path: '/messages/:id',
    operationId: 'getMessage',
    summary: 'A message',
    query: messageQuery,
    answers: {
      200: answer('The message', messageSchema),
      304: answer('It is still the one that If-None-Match names'),
    },
    failures: ['unknown-message', 'unavailable'],
    handle: async ({ params, query, request, response }, { reader }) => {
      const stored = await reader.get(params.id.toLowerCase(), pastIn(query.asOf, query.zone));
      if (!stored.ok) return stored;
      if (request.headers['if-none-match'] !== stored.value.tag) return tagged(response, stored.value);
      response.status(304);
      return ok(undefined);
    },
  }),
  route({
    method: 'patch',
    path: '/messages/:id',
    operationId: 'editMessage',
    summary: 'Edit a message, or bring a deleted one back',
    headers: ['If-Match'],
    body: json(editSchema),
    answers: { 200: answer('The message', messageSchema) },
    failures: ['unknown-message', 'precondition-failed', ...WRITE_FAILURES],
    handle: async ({ params, body, request, response }, { messages }) => {
      const { confirm = false, ...edit } = body;
      const ifMatch = request.headers['if-match'];
      const stored = await messages.edit(params.id.toLowerCase(), { edit, confirm, ifMatch });
      return stored.ok ? tagged(response, stored.value) : stored;
    },
  }),
  route({
    method: 'delete',
    path: '/messages/:id',
    operationId: 'deleteMessage',
    summary: 'Delete a message',
    headers: ['If-Match'],
    answers: { 204: answer('It is deleted') },
    failures: ['unknown-message', 'precondition-failed', ...WRITE_FAILURES],
    handle: async ({ params, request }, { messages }) => {
      const deleted = await messages.delete(params.id.toLowerCase(), request.headers['if-match']);
      return deleted.ok ? ok(undefined) : deleted;
    },
  }),
  route({
    method: 'get',
    path: '/messages/:id/history',
    operationId: 'getHistory',
    summary: 'All revisions, oldest first',
    answers: { 200: answer('The revisions', historySchema) },
    failures: ['unknown-message', 'unavailable'],
    handle: ({ params }, { reader }) => reader.history(params.id.toLowerCase()),
  }),
  route({
    method: 'get',
    path: '/ids',
    operationId: 'findIds',
    summary: 'Ids that end with some characters, of deleted messages too',
    query: idsQuery,
    answers: { 200: answer('The ids', idsSchema) },
    failures: ['unavailable'],
    handle: ({ query }, { reader }) => reader.idsEnding(query.ending),
  }),
];

const badCursor = fail('invalid', 'The cursor is not valid.', {
  errors: [{ field: 'cursor', detail: 'cursor must be the one of the page before' }],
});

/** A message as an answer, with its entity tag. */
function tagged(response: Response, { message, tag }: Stored) {
  response.setHeader('ETag', tag);
  return ok(message);
}
