import type { Server } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';

/** What HTTP expects of a socket but has no meaning within a process. */
const SOCKET = {
  setTimeout: () => undefined,
  setNoDelay: () => undefined,
  setKeepAlive: () => undefined,
  ref: () => undefined,
  unref: () => undefined,
};

/** A connection to a server in this process, which need not listen anywhere. */
export function connectWithin(server: Server): Duplex {
  const [near, far] = duplexPair();
  // Node 20 does not tell one end that the other is gone.
  near.once('close', () => far.destroy());
  server.emit('connection', Object.assign(far, SOCKET));
  return Object.assign(near, SOCKET);
}
