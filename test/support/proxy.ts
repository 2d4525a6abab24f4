import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atTestEnd } from './test-end.ts';

export interface Proxy {
  readonly url: string;
  readonly port: number;
  /** Passes requests below a path, such as `/notes/`, on to an address; the path itself is taken off. */
  route(path: string, target: string): void;
  close(): Promise<void>;
}

/**
 * A reverse proxy with the usual settings of nginx: it passes on the Host without the port, and takes off the path
 * below which a target is, as `location /notes/ { proxy_pass http://target/; }` does.
 */
export async function startProxy(): Promise<Proxy> {
  const routes = new Map<string, string>();
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    const [prefix = '', target] = [...routes].find(([start]) => path.startsWith(start)) ?? [];
    if (target === undefined) return void outgoing.writeHead(404).end('The proxy knows no such path');
    const { hostname, port } = new URL(target);
    const host = (incoming.headers.host ?? '').replace(/:\d+$/, '');
    const headers = {
      ...incoming.headers,
      host,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const options = {
      hostname,
      port,
      path: `/${path.slice(prefix.length)}`,
      method: incoming.method,
      headers,
    };
    const passed = forward(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    passed.on('error', () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    outgoing.on('close', () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  atTestEnd(close);
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    route: (path, target) => void routes.set(path, target),
    close,
  };
}
