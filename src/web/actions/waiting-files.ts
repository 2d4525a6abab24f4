import { v7 as uuid } from 'uuid';
import { extensionOf } from '../../domain/attachment.ts';
import { uploadFile } from '../api/attachments.ts';
import type { NewMessage } from '../api/messages.ts';
import { aboutFile, isPassing, isUnreachable, type Problem } from '../api/problem.ts';
import { NOT_READABLE, whyNotReadable } from '../api/readable.ts';
import { type DraftFile, keepBytes } from '../state/draft-files.ts';
import type { Waiting } from '../state/outbox.ts';

// The files of messages that are waiting for the server.

/** A message as it is sent, or why one of its files cannot be. */
type Whole =
  | { readonly ok: true; readonly body: NewMessage }
  | { readonly ok: false; readonly problem: Problem };

/** The server is there, and will not take a file now. It may take a message without one. */
export const isOnlyItsFile = (whole: Whole): boolean =>
  !whole.ok && whole.problem.status !== 401 && isPassing(whole.problem) && !isUnreachable(whole.problem);

/** A message with its files, which are uploaded now. */
export async function withFiles({ message, files = [] }: Waiting): Promise<Whole> {
  if (files.length === 0) return { ok: true, body: message };
  const attachments: { sha256: string; name: string }[] = [];
  for (const { name, blob, sha256 } of files) {
    const answer = blob && (await uploadFile(name, blob, () => {}));
    const hash = answer?.ok ? answer.body.sha256 : sha256;
    if (answer && !answer.ok && (hash === undefined || isPassing(answer.problem)))
      return { ok: false, problem: about(name, answer.problem) };
    if (hash === undefined) return { ok: false, problem: about(name, aboutFile(NOT_READABLE)) };
    attachments.push({ sha256: hash, name });
  }
  return { ok: true, body: { ...message, attachments } };
}

/** A problem with one of the files of a message. */
const about = (name: string, problem: Problem): Problem => ({
  ...problem,
  detail: `${name}: ${problem.detail}`,
});

/** The files of a waiting message, as files of a draft. */
export function filesOf({ files = [] }: Waiting): DraftFile[] {
  return files.map(({ name, blob, sha256 = null }) => {
    const key = uuid();
    const extension = extensionOf(name);
    const extensions = { original: extension, reduced: extension };
    if (blob) keepBytes(key, { original: blob, reduced: null, extensions });
    const { type = '', size = 0 } = blob ?? {};
    const problem = blob || sha256 !== null ? null : NOT_READABLE;
    const whole = { originalSize: null, wantsOriginal: false, sha256, problem };
    return { key, name, extension, type, size, ...whole };
  });
}

/** A waiting message without the bytes that cannot be read. */
export async function withoutUnreadable({ files = [], ...rest }: Waiting): Promise<Waiting> {
  const readable = files.map(async ({ blob, ...file }) => ({
    ...file,
    ...(blob && (await whyNotReadable(blob)) === undefined && { blob }),
  }));
  return { ...rest, files: await Promise.all(readable) };
}
