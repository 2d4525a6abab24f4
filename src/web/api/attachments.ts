import type { Attachment } from '../../domain/attachment.ts';
import type { Answer } from './client.ts';
import { at } from './place.ts';
import { aboutFile, isUnreachable, toProblem, UNREACHABLE } from './problem.ts';
import { whyNotReadable } from './readable.ts';

/** How long an upload may make no progress before the server counts as unreachable, in milliseconds. */
const PATIENCE = 40_000;

/** The address of a file's bytes. */
export const fileAddress = (sha256: string): string => at(`/attachments/${sha256}`);

/**
 * Uploads a file for a message.
 *
 * @param onProgress called with the fraction sent, from 0 to 1; `fetch` does not report that
 */
export async function uploadFile(
  name: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<Answer<Attachment>> {
  // For a browser, a file that cannot be read looks like a server that cannot be reached.
  const reason = await whyNotReadable(file);
  if (reason !== undefined) return { ok: false, problem: aboutFile(reason) };
  const answer = await uploadOnce(name, file, onProgress, signal);
  if (answer.ok || !isUnreachable(answer.problem)) return answer;
  const since = await whyNotReadable(file);
  return since === undefined ? answer : { ok: false, problem: aboutFile(since) };
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
      resolve({ ok: false, problem: toProblem(status, body) });
    };
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
