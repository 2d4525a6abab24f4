import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import express from 'express';
import { exchange, type Place } from '../client/exchange.ts';
import type { Config } from '../config.ts';
import { toJson } from '../domain/unicode.ts';
import type { AgentHandler } from '../mcp/http.ts';
import type { Events } from '../services/events.ts';
import { addRoutes } from './add-routes.ts';
import { bodyReaders } from './body.ts';
import { connectWithin } from './connect-within.ts';
import { EventStreams } from './event-streams.ts';
import { hostGuard, siteGuard } from './guards.ts';
import { openApiDocument } from './openapi.ts';
import { errorHandler, sendProblem, toProblem } from './problem.ts';
import { notePath, pathTo, publicAddressOf } from './public-address.ts';
import { ROUTES } from './routes/index.ts';
import { MCP_PATH } from './routes/mcp.ts';
import { securityHeaders } from './security-headers.ts';
import type { Services } from './services.ts';
import { accessControl } from './session.ts';
import { slowBodies } from './slow-bodies.ts';

export interface ServerOptions {
  readonly config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'attachmentLimit'
    | 'allowedHosts'
    | 'accessToken'
    | 'dataDirectory'
    | 'githubUrl'
    | 'mcp'
    | 'publicUrl'
  >;
  readonly publicDirectory: string;
  readonly version: string;
  readonly events: Events;
  readonly services: Pick<
    Services,
    | 'messages'
    | 'reader'
    | 'attachments'
    | 'imports'
    | 'importFolder'
    | 'repositories'
    | 'settings'
    | 'github'
    | 'health'
    | 'verify'
  >;
  readonly onSurprise: (error: unknown) => void;
  /** Accepted in place of the access token. */
  readonly secret: string;
  /** If false, only this process can connect: {@link RunningServer.connect}. */
  readonly listens: boolean;
}

export interface RunningServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** A connection to the server within this process. */
  readonly connect: () => Duplex;
  /** Answers pending requests, ends the streams and accepts nothing more. */
  readonly close: () => Promise<void>;
}

/**
 * How long a connection may stay open without a request. Whichever side closes it first may do so just as a request
 * is being sent, which the client then sees as a reset, so the client should be the first. Browsers, proxies and the
 * usual HTTP libraries close theirs after two minutes at most.
 */
const KEEP_ALIVE_MS = 150_000;

/** The port if a Host header has none. */
const HTTP_PORT = 80;

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, publicDirectory, version, events, onSurprise, secret, listens } = options;
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', 'simple')
    .set('case sensitive routing', true);
  // Text that was truncated elsewhere or comes from a remote must not produce an answer that other programs cannot
  // parse.
  app.response.json = function (body) {
    return this.type('application/json').send(toJson(body));
  };
  let port = listens ? config.port : HTTP_PORT;
  const local = ['127.0.0.1', 'localhost', '::1', ...(isWildcard(config.host) ? [] : [config.host])];
  const address = config.publicUrl === undefined ? undefined : publicAddressOf(config.publicUrl);
  const access = accessControl(config.accessToken, secret, config.dataDirectory, address);
  const streams = new EventStreams(events);
  const routes = config.mcp === 'off' ? ROUTES.filter(({ path }) => path !== MCP_PATH) : ROUTES;
  let agents: Promise<AgentHandler> | undefined;
  const services: Services = {
    ...options.services,
    githubUrl: config.githubUrl,
    attachmentLimit: config.attachmentLimit,
    streams,
    access,
    agents: () => {
      agents ??= loadAgents();
      return agents;
    },
    openApi: (response) =>
      openApiDocument(routes, version, {
        server: pathTo(response, '') || '/',
        isLocked: config.accessToken !== undefined,
        cookie: access.cookieName(response),
      }),
  };
  const inner = new Set<Duplex>();
  const connect = () => {
    const connection = connectWithin(server);
    inner.add(connection);
    return connection.once('close', () => inner.delete(connection));
  };
  /** Agents are clients of the API, so the API decides what they may do. */
  const loadAgents = async () => {
    const { apiOf } = await import('../mcp/api.ts');
    const { agentHandler } = await import('../mcp/http.ts');
    const own: Place = { url: new URL(`${url}/`), token: secret, connect };
    return agentHandler(
      apiOf((call) => exchange(own, call)),
      { version, canDelete: config.mcp === 'delete' },
    );
  };
  const allowed = [...config.allowedHosts, ...(address ? [address.hostname] : [])];

  const endings = lastAnswers();
  app.use(endings.handler);
  app.use(slowBodies());
  app.use(securityHeaders());
  app.use(hostGuard({ local, allowed, port: () => port }), notePath(address));
  app.use(express.static(publicDirectory, { dotfiles: 'ignore', redirect: false, setHeaders: cacheControl }));
  app.use(siteGuard(address), noStore);
  const readers = bodyReaders();
  const routesFor = (isOpen: boolean) => {
    const router = express.Router({ caseSensitive: true });
    addRoutes(
      router,
      routes.filter(({ access: own }) => (own !== undefined) === isOpen),
      services,
      readers,
    );
    return router;
  };
  // Without access no body is read, since it would be held in memory.
  app.use(routesFor(true), access.guard, routesFor(false), readers.any);
  app.use((request, response) => {
    const isBelow = address?.path && `${request.path}/`.startsWith(`${address.path}/`);
    const hint = ` The proxy has to take ${address?.path} off before it passes a request on; docs/proxy.md shows how.`;
    sendProblem(response, {
      code: 'not-found',
      detail: `There is nothing at this path.${isBelow ? hint : ''}`,
    });
  });
  app.use(errorHandler(onSurprise));

  const server = createServer(
    {
      requireHostHeader: false,
      headersTimeout: 15_000,
      // `slow-bodies` sets the limit instead: an upload may take as long as it makes progress.
      requestTimeout: 0,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: 5000,
    },
    app,
  );
  server.maxConnections = 1000;
  server.on('clientError', refuseConnection);
  if (listens) {
    await listen(server, config.port, config.host);
    port = (server.address() as AddressInfo).port;
  }
  const url = listens ? `http://${urlHost(config.host)}:${port}` : 'http://localhost';
  return {
    url,
    connect,
    close: () => {
      endings.begin();
      // Whoever closes a server that only serves this process does not wait for its answers.
      if (!listens) for (const connection of inner) connection.destroy();
      return closeServer(server, () => streams.close());
    },
  };
}

/**
 * From a given moment on, every answer says that it is the last one of its connection. The client then opens another
 * connection instead of using one that is about to be closed.
 */
function lastAnswers(): { readonly handler: express.RequestHandler; readonly begin: () => void } {
  const open = new Set<express.Response>();
  let hasBegun = false;
  const end = (response: express.Response) => {
    if (!response.headersSent) response.setHeader('Connection', 'close');
  };
  return {
    handler: (_request, response, next) => {
      open.add(response);
      response.on('close', () => open.delete(response));
      if (hasBegun) end(response);
      next();
    },
    begin: () => {
      hasBegun = true;
      for (const response of open) end(response);
    },
  };
}

/** What node cannot parse as a request never reaches the application, but is answered in the same form. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const isLong = error.code === 'HPE_HEADER_OVERFLOW';
  const isLate = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const [code, reason] = isLong
    ? (['headers-too-long', 'Request Header Fields Too Large'] as const)
    : isLate
      ? (['too-slow', 'Request Timeout'] as const)
      : (['invalid', 'Bad Request'] as const);
  const problem = toProblem({ code, detail: 'The request cannot be read. Nothing was saved or changed.' });
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${reason}\r\nContent-Type: application/problem+json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

const isWildcard = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** The address to print. It works even if another program uses the same port of `localhost`. */
function urlHost(host: string): string {
  if (isWildcard(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

const noStore: express.RequestHandler = (_request, response, next) => {
  response.setHeader('Cache-Control', 'no-store');
  next();
};

function cacheControl(response: express.Response | import('node:http').ServerResponse): void {
  response.setHeader('Cache-Control', 'no-cache');
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

const LAST_ANSWERS_MS = 5000;

async function closeServer(server: Server, endStreams: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  endStreams();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  // A connection that is kept alive becomes idle with its last answer.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  await closed;
  clearTimeout(timer);
  clearInterval(idle);
}
