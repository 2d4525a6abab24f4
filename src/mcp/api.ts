import { type Call, type Reply, readText } from '../client/exchange.ts';
import type { ProblemDocument } from '../contract/problem.ts';

/** The API's answer to a tool: a value, or a refusal as text for the agent. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value; readonly link: string | undefined; readonly status: number }
  | { readonly ok: false; readonly detail: string };

export interface Api {
  readonly get: <Value>(path: string) => Promise<Answer<Value>>;
  readonly send: <Value>(method: Call['method'], path: string, json?: unknown) => Promise<Answer<Value>>;
}

/** @param send sends a request to the API and resolves to the answer, whatever it is */
export function apiOf(send: (call: Call) => Promise<Reply>): Api {
  const ask = async <Value>(call: Call): Promise<Answer<Value>> => {
    const reply = await send(call);
    const text = await readText(reply);
    const isProblem = /problem\+json/.test(reply.headers['content-type'] ?? '');
    if (isProblem) return { ok: false, detail: detailOf(JSON.parse(text) as ProblemDocument) };
    const value = (text === '' ? undefined : JSON.parse(text)) as Value;
    return { ok: true, value, link: linkOf(reply.headers.link), status: reply.status };
  };
  return {
    get: (path) => ask({ method: 'GET', path }),
    send: (method, path, json) => ask(json === undefined ? { method, path } : { method, path, json }),
  };
}

const linkOf = (header: string | string[] | undefined): string | undefined => header?.toString();

function detailOf({ detail, errors = [] }: ProblemDocument): string {
  // Only a person may confirm a secret, never a program that may have been talked into it.
  const own = detail.replace(
    / Take it out, or send it again with "confirm": true\./,
    ' Take it out. Only a person can confirm it, in gitpost itself.',
  );
  const fields = errors.map((error) => error.detail).filter((one) => !own.includes(one));
  return [own, ...fields].join(' ');
}
