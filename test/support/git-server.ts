import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { bareRepository, git } from './git.ts';
import { type Backend, readHead, startBackend } from './git-backend.ts';
import { type Fault, faultBox, throttle } from './git-faults.ts';

/** One request as the server saw it. */
interface GitRequest {
  method: string;
  /** The path with its query. */
  path: string;
  /** Whether the credentials were right, or none are needed. */
  authorised: boolean;
  /** The Authorization header as it came. */
  authorization: string | undefined;
}

/** A running git server; repositories are at `${url}/<owner>/<name>.git`, or without `.git`. */
export interface GitServer {
  url: string;
  port: number;
  requests: GitRequest[];
  /** Makes an empty bare repository that can be pushed to, and answers its path on disk. */
  createRepository(name: string, options?: { branch?: string }): Promise<string>;
  /** The path on disk of `owner/name`. */
  repository(name: string): string;
  /** Switches to another fault; requests under way keep the one they began with. */
  fault(fault: Fault): void;
  /** Closes all connections, ends git's processes and waits for them. */
  close(): Promise<void>;
}

export interface GitServerOptions {
  /** The folder with the bare repositories, as `owner/name.git`. */
  root: string;
  /** Without one, any user name is right. */
  username?: string;
  /** Without one, no authorisation is needed. */
  token?: string;
  port?: number;
}

const page = '<!doctype html>\n<title>Welcome</title>\n<p>Please sign in to use this network.</p>\n';
const wrongToken =
  'Invalid username or token. Password authentication is not supported for Git operations.\n';

/** Serves the bare repositories below a folder by git's own smart HTTP, behind basic authorisation. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const { root } = options;
  const faults = faultBox();
  const requests: GitRequest[] = [];
  const backends = new Set<Backend>();

  const server = createServer((request, response) => {
    // A client that goes away in the middle is no failure of the server.
    answer(request, response).catch(() => response.destroy());
  });
  // A slow push may last longer than the five minutes that Node allows.
  server.requestTimeout = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = repositoryUrl(root, request.url ?? '/');
    const { username, authorised } = authorisation(options, request.headers.authorization);
    const { method = 'GET', headers } = request;
    const path = request.url ?? '/';
    requests.push({ method, path, authorised, authorization: headers.authorization });

    const fault = faults.take({
      service: /git-receive-pack$/.test(path) ? 'receive' : 'upload',
      // Before a push in chunks, git sends the four bytes of an empty one, to see whether it is let in.
      exchange: authorised && method === 'POST' && headers['content-length'] !== '4',
    });
    if (fault.kind === 'hang') return;
    if (fault.kind === 'status') return refuse(response, fault.status, fault.body, fault.headers);
    if (fault.kind === 'html')
      return void response.setHeader('Content-Type', 'text/html').end(fault.page ?? page);
    if (fault.kind === 'redirect') {
      const to = typeof fault.to === 'string' ? fault.to : fault.to(path);
      return refuse(response, 302, '', { Location: to });
    }
    if (!authorised) return refuse(response, 401, headers.authorization && wrongToken);
    if (fault.kind === 'drop-before-receive') {
      await buffer(request);
      return void response.destroy();
    }
    const body = fault.kind === 'think' ? await buffer(request) : undefined;
    // What only asks for refs is answered at once.
    if (fault.kind === 'think' && method === 'POST' && !body?.includes('command=ls-refs')) {
      await Promise.race([delay(fault.milliseconds), once(response, 'close')]);
      if (response.destroyed) return;
    }
    const backend = startBackend(root, url, request, username);
    backends.add(backend);
    backend.exited.then(() => backends.delete(backend));
    await relay(body ? Readable.from([body]) : request, response, backend, fault);
  }

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const repository = (name: string) => join(root, `${name}.git`);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    repository,
    fault: faults.set,
    async createRepository(name, { branch = 'main' } = {}) {
      const path = await bareRepository(repository(name), branch);
      await git(path, 'config', 'http.receivepack', 'true');
      // Housekeeping in the background would still write when the folder is removed.
      await git(path, 'config', 'gc.auto', '0');
      return path;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      const running = [...backends];
      for (const backend of running) backend.kill();
      await Promise.all([closed, ...running.map((backend) => backend.exited)]);
    },
  };
}

/** Passes the bodies in both directions between a client and git, as well as the fault allows. */
async function relay(
  request: Readable,
  response: ServerResponse,
  backend: Backend,
  fault: Fault,
): Promise<void> {
  const paced = (body: Readable) =>
    fault.kind === 'slow' ? Readable.from(throttle(fault.bytesPerSecond)(body)) : body;
  // Git may answer, and end, before it has read everything; what counts is its answer.
  pipeline(paced(request), backend.stdin).catch(() => undefined);
  if (fault.kind === 'drop-after-receive') {
    await buffer(backend.stdout);
    await backend.exited;
    return void response.destroy();
  }
  response.once('close', () => backend.kill());

  const head = await readHead(backend.stdout);
  if (!head) return refuse(response, 500, 'git http-backend gave no answer.\n');
  response.writeHead(head.status, head.headers);
  if (fault.kind === 'cut') {
    const body = await buffer(backend.stdout);
    return void response.write(body.subarray(0, body.length / 2), () => response.destroy());
  }
  await pipeline(paced(backend.stdout), response);
}

function refuse(
  response: ServerResponse,
  status: number,
  body = '',
  headers: Record<string, string> = {},
): void {
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="git"');
  response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(body);
}

function authorisation({ username, token }: GitServerOptions, header = '') {
  const [scheme = '', value = ''] = header.split(' ');
  const [, given = '', password] = /^([^:]*):(.*)$/s.exec(Buffer.from(value, 'base64').toString()) ?? [];
  const right = /^basic$/i.test(scheme) && password === token && (!username || given === username);
  return { username: given, authorised: token === undefined || right };
}

/** The address as git's backend wants it: with `.git`, which a client may leave out. */
function repositoryUrl(root: string, path: string): URL {
  const url = new URL(path, 'http://127.0.0.1');
  const [, name = '', rest = ''] = /^\/([^/]+\/[^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  if (!name.endsWith('.git') && existsSync(join(root, `${name}.git`))) url.pathname = `/${name}.git${rest}`;
  return url;
}
