import { toJson } from '../../domain/unicode.ts';
import { at } from './place.ts';
import { isUnreachable, type Problem, toProblem, UNREACHABLE } from './problem.ts';

export type Answer<Body> =
  | { readonly ok: true; readonly status: number; readonly body: Body; readonly headers: Headers }
  | { readonly ok: false; readonly problem: Problem };

export interface Options {
  readonly body?: unknown;
  /** A file to send unchanged, instead of a JSON body. */
  readonly file?: Blob;
  /** Called with the text of the answer so far, each time more of it has arrived. */
  readonly onText?: (text: string) => void;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** How long to wait for the answer, in milliseconds. After that, the server counts as unreachable. */
  readonly patience?: number;
}

const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

let signedOut: () => void = () => {};
let signIns = 0;

/** Sets what to do when the server asks for a sign-in, in answer to any call. */
export function whenSignedOut(react: () => void): void {
  signedOut = react;
}

/** Someone has signed in. If a call made before that is refused only now, that is no reason to ask again. */
export function noteSignIn(): void {
  signIns += 1;
}

/** Calls the API. Never throws, except for an abort: anything that can go wrong is returned as a problem. */
export async function call<Body>(method: string, path: string, options: Options = {}): Promise<Answer<Body>> {
  const signInsBefore = signIns;
  const response = await reach(method, path, options);
  if (response === undefined) return { ok: false, problem: UNREACHABLE };

  const text = await textOf(response, options.onText).catch(() => {
    options.signal?.throwIfAborted();
    return undefined;
  });
  // The answer was interrupted, so its content is unknown.
  if (text === undefined) return { ok: false, problem: UNREACHABLE };
  const body = parse(text);
  if (isAnswer(response, body)) {
    return { ok: true, status: response.status, body: body as Body, headers: response.headers };
  }
  // A proxy answers in place of a gitpost that is not running. Our own refusals are always JSON.
  if (GATEWAY_ERRORS.has(response.status) && body === undefined) return { ok: false, problem: UNREACHABLE };
  if (response.status === 401 && signIns === signInsBefore) signedOut();
  return { ok: false, problem: toProblem(response.status, body) };
}

/** How long a server may take to say that it is there, in milliseconds. */
const PATIENCE = 10_000;

/** Whether the server answers at all, whatever it says. */
export async function canBeReached(): Promise<boolean> {
  const answer = await call('GET', '/health', { patience: PATIENCE });
  return answer.ok || !isUnreachable(answer.problem);
}

async function textOf(response: Response, onText: Options['onText']): Promise<string> {
  if (!onText || !response.ok || !response.body) return response.text();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    onText(text);
  }
  return text + decoder.decode();
}

async function reach(method: string, path: string, options: Options): Promise<Response | undefined> {
  const hasBody = options.body !== undefined;
  const signal = options.signal ?? (options.patience ? AbortSignal.timeout(options.patience) : undefined);
  try {
    return await fetch(at(path), {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        ...(hasBody && { 'Content-Type': 'application/json' }),
        ...(options.file && { 'Content-Type': 'application/octet-stream' }),
        ...options.headers,
      },
      ...(hasBody && { body: toJson(options.body) }),
      ...(options.file && { body: options.file }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A failed push is answered with 502 and its results. JSON that is not a problem document is an answer. */
function isAnswer(response: Response, body: unknown): boolean {
  if (response.ok) return true;
  const type = response.headers.get('Content-Type') ?? '';
  return body !== undefined && type.startsWith('application/json');
}
