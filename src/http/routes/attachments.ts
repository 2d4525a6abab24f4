import { z } from 'zod';
import { attachmentQuery, uploadQuery } from '../../contract/attachment.ts';
import { attachmentSchema } from '../../contract/message.ts';
import { SHA256 } from '../../domain/attachment.ts';
import { FileProbe } from '../../domain/media/probe.ts';
import { fail, ok } from '../../domain/result.ts';
import { answer, type Route, raw, route, written } from '../route.ts';
import { sendFile } from '../send-file.ts';
import { spool, uploadLimit } from '../spool.ts';

const ANY_TYPE = { '*/*': z.file() };
const WORDS = { nothing: 'Nothing was saved', send: 'Send the file as it is.' };

export const attachmentRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/attachments',
    operationId: 'uploadAttachment',
    summary: 'Upload a file for a message',
    description:
      'A message names it then in `attachments`, by `sha256`. A file that no message names within 24 hours is dropped.',
    query: uploadQuery,
    body: raw,
    answers: {
      201: answer('It is safe on this disk', attachmentSchema),
      200: answer('It was known already', attachmentSchema),
    },
    failures: ['unavailable'],
    handle: async ({ query, request, response }, { attachments, attachmentLimit }) => {
      response.set(uploadLimit(attachmentLimit));
      const probe = new FileProbe();
      const options = { folder: attachments.incoming, most: attachmentLimit, words: WORDS };
      const spooled = await spool(request, { ...options, take: (chunk) => probe.take(chunk) });
      if (!spooled.ok) return spooled;
      try {
        const kept = await attachments.keep(spooled.value.path, probe.facts(), query.name);
        if (!kept.ok) return kept;
        response.status(kept.value.isKnown ? 200 : 201);
        return ok(kept.value.attachment);
      } finally {
        await spooled.value.remove();
      }
    },
  }),
  route({
    method: 'get',
    path: '/attachments/:sha256',
    operationId: 'getAttachment',
    summary: 'A file of a message',
    description:
      'Pictures, sound, video and plain text are shown in place. Everything else is a download with its name.',
    query: attachmentQuery,
    headers: ['Range', 'If-None-Match', 'If-Match', 'If-Range'],
    answers: {
      200: written('The bytes', ANY_TYPE),
      206: written('A part of the bytes', ANY_TYPE),
      304: answer('It is still the one that If-None-Match names'),
    },
    failures: ['unknown-attachment', 'precondition-failed', 'range-not-satisfiable', 'unavailable'],
    handle: async ({ params, query, request, response }, { attachments }) => {
      if (!SHA256.test(params.sha256)) return fail('unknown-attachment', 'This is not the hash of a file.');
      const file = await attachments.open(params.sha256, query.message);
      if (!file.ok) return file;
      return sendFile(request, response, file.value);
    },
  }),
];
