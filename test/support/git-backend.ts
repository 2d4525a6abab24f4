import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { gitEnvironment } from './git.ts';

/** One run of `git http-backend`. */
export interface Backend {
  stdin: Writable;
  stdout: Readable;
  exited: Promise<unknown>;
  kill(): void;
}

/** The head of a CGI answer. */
export interface CgiHead {
  status: number;
  headers: Record<string, string>;
}

/** Starts `git http-backend` for one request, as CGI. */
export function startBackend(root: string, url: URL, request: IncomingMessage, user: string): Backend {
  const env: Record<string, string> = {
    ...gitEnvironment(),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_ADDR: '127.0.0.1',
    REMOTE_USER: user,
  };
  copyHeader(request, 'content-type', env, 'CONTENT_TYPE');
  // A chunked request has no length; git then reads up to the end of its input.
  copyHeader(request, 'content-length', env, 'CONTENT_LENGTH');
  copyHeader(request, 'content-encoding', env, 'HTTP_CONTENT_ENCODING');
  copyHeader(request, 'git-protocol', env, 'GIT_PROTOCOL');

  // In a process group of its own, so that receive-pack and its children can be ended with it.
  const child = spawn('git', ['http-backend'], { env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
  const exited = once(child, 'close').catch(() => undefined);
  // Git may end without reading its whole input, which is no fault of the server.
  child.stdin.on('error', () => undefined);
  return { stdin: child.stdin, stdout: child.stdout, exited, kill: () => killGroup(child) };
}

/** Reads the head of a CGI answer and leaves its body; null where git ended before the head was complete. */
export async function readHead(stdout: Readable): Promise<CgiHead | null> {
  let seen = Buffer.alloc(0);
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    seen = Buffer.concat([seen, chunk as Buffer]);
    const end = seen.indexOf('\r\n\r\n');
    if (end < 0) continue;
    stdout.unshift(seen.subarray(end + 4));
    return parseHead(seen.toString('latin1', 0, end));
  }
  return null;
}

function parseHead(text: string): CgiHead {
  const fields = text.split('\r\n').map((line) => {
    const [name = ''] = line.split(':', 1);
    return [name, line.slice(name.length + 1).trim()] as const;
  });
  const { Status: status = '200', ...headers } = Object.fromEntries(fields);
  return { status: Number.parseInt(status, 10), headers };
}

function copyHeader(request: IncomingMessage, name: string, env: Record<string, string>, key: string): void {
  const value = request.headers[name];
  if (typeof value === 'string') env[key] = value;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    // As the end of a connection ends git: it takes its locks away first, so that the next push finds none.
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // The group has ended in the meantime.
  }
}
