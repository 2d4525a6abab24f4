import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { atTestEnd } from './test-end.ts';

/** What happens to an upload: the connection is cut, or cut right after an early answer. */
type How = 'pass' | 'cut' | 'refuse';

export interface CuttingFront {
  readonly url: string;
  /** How many uploads have been cut. */
  cuts(): number;
  /** What happens to each upload from now on; everything else passes. */
  uploads(how: How): void;
}

/** Stands in front of a gitpost, on the same host, and can cut the connections of uploads. */
export async function cuttingFront(target: string): Promise<CuttingFront> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let how: How = 'pass';
  let cuts = 0;
  // gitpost answers only to its own address.
  const asTarget = (chunk: Buffer): Buffer => {
    const text = chunk.toString('latin1');
    if (!/^[A-Z]+ [/]/.test(text)) return chunk;
    return Buffer.from(text.replaceAll(here(), new URL(target).host), 'latin1');
  };
  const here = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const server = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        socket.destroy();
        upstream.destroy();
      });
    }
    socket.on('data', (chunk: Buffer) => {
      if (how === 'pass' || !/^POST \/(attachments|import)/.test(chunk.toString('latin1', 0, 40)))
        return upstream.write(asTarget(chunk));
      cuts += 1;
      if (how === 'cut') return socket.destroy();
      // What the browser has sent since then is not read, so the system resets the connection.
      socket.pause();
      socket.write(REFUSAL, () => socket.destroy());
    });
    upstream.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atTestEnd(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return {
    url: `http://${here()}`,
    cuts: () => cuts,
    uploads(next) {
      how = next;
    },
  };
}

const BODY = JSON.stringify({ title: 'Too large', status: 413, detail: 'The file is larger than 1 MiB.' });
const REFUSAL = [
  'HTTP/1.1 413 Content Too Large',
  'Content-Type: application/problem+json',
  `Content-Length: ${BODY.length}`,
  'Connection: close',
  '',
  BODY,
].join('\r\n');
