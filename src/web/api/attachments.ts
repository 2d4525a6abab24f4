import { type Attachment, limitInWords, MOST_ATTACHMENT_BYTES } from '../../domain/attachment.ts';
import { type Answer, call, canBeReached } from './client.ts';
import { at } from './place.ts';
import { aboutFile, isUnreachable, toProblem, UNREACHABLE } from './problem.ts';
import { whyNotReadable } from './readable.ts';

/** How long an upload may make no progress before the server counts as unreachable, in milliseconds. */
const PATIENCE = 40_000;

/** The address of a file's bytes. */
export const fileAddress = (sha256: string): string => at(`/attachments/${sha256}`);

/** The address of a file as a download, with the name that a message gives it. */
export const downloadAddress = (sha256: string, message: string): string =>
  `${fileAddress(sha256)}?message=${message}`;

/** Whether the server has a file; `undefined` if it cannot be asked. */
export async function hasFile(sha256: string): Promise<boolean | undefined> {
  const answer = await call('HEAD', `/attachments/${sha256}`);
  return answer.ok || (isUnreachable(answer.problem) ? undefined : false);
}

/** How often a file is sent if the connection is lost each time although the server can be reached. */
const TRIES = 3;
/** How long to wait before the second try, in milliseconds. The wait before the third is twice as long. */
const PAUSE = 1000;

/**
 * Uploads a file for a message. The problem is {@link UNREACHABLE} only if it is not the file's: the server cannot be
 * reached at all.
 *
 * @param onProgress called with the fraction sent, from 0 to 1; `fetch` does not report that
 */
export async function uploadFile(
  name: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<Answer<Attachment>> {
  const reason = await whyNotSent(file);
  if (reason !== undefined) return { ok: false, problem: aboutFile(reason) };
  for (let tries = 1; ; tries += 1) {
    const answer = await uploadOnce(name, file, onProgress, signal);
    if (answer.ok || !isUnreachable(answer.problem) || signal?.aborted) return answer;
    // For a browser, a file that cannot be read any more, and one whose upload is cut off because it is too large,
    // look like a server that cannot be reached.
    const since = await whyNotReadable(file);
    if (since !== undefined) return { ok: false, problem: aboutFile(since) };
    if (!(await canBeReached())) return answer;
    if (tries === TRIES) return { ok: false, problem: aboutFile(CUT_OFF) };
    await new Promise((resolve) => setTimeout(resolve, tries * PAUSE));
  }
}

const CUT_OFF =
  'The connection was lost each time this file was sent, although the server can be reached. The file may be too large for the server, or for a proxy in front of it.';

/** The largest file that the server accepts. Until it has said so, the most that can be set. */
let limit = MOST_ATTACHMENT_BYTES;

/** Takes note of the limit for a file in an answer of the server. */
export function noteLimit(headers: Headers): void {
  const told = /max-size=(\d+)/.exec(headers.get('Upload-Limit') ?? '')?.[1];
  if (told !== undefined) limit = Number(told);
}

/** Whether the server can accept a file of this size, in bytes. */
export const isPossibleSize = (size: number): boolean => size > 0 && size <= limit;

/** Why a file is not even sent. */
async function whyNotSent(file: Blob): Promise<string | undefined> {
  const reason = await whyNotReadable(file);
  if (reason !== undefined) return reason;
  if (isPossibleSize(file.size)) return undefined;
  return file.size === 0
    ? 'This file is empty.'
    : `This file is larger than ${limitInWords(limit)}, the most that this gitpost accepts.`;
}

function uploadOnce(
  name: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal: AbortSignal | undefined,
): Promise<Answer<Attachment>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', at(`/attachments?${new URLSearchParams({ name })}`));
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    let still = setTimeout(() => request.abort(), PATIENCE);
    const moved = () => {
      clearTimeout(still);
      still = setTimeout(() => request.abort(), PATIENCE);
    };
    request.onloadend = () => clearTimeout(still);
    request.upload.onprogress = ({ loaded, total }) => {
      moved();
      onProgress(total > 0 ? loaded / total : 0);
    };
    const lost = () => resolve({ ok: false, problem: UNREACHABLE });
    request.onerror = lost;
    request.onabort = lost;
    request.onload = () => {
      const body = parse(request.responseText);
      const { status } = request;
      if ((status === 200 || status === 201) && body !== undefined)
        return resolve({ ok: true, status, body: body as Attachment, headers: new Headers() });
      // A proxy answers in place of a gitpost that is not running.
      if (status >= 502 && status <= 504 && body === undefined) return lost();
      if (status === 413 && body === undefined) return resolve({ ok: false, problem: aboutFile(TOO_LARGE) });
      resolve({ ok: false, problem: toProblem(status, body) });
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

/** Our own refusal says how large a file may be. A proxy's does not. */
const TOO_LARGE = 'This file is larger than a proxy in front of the server accepts.';

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
