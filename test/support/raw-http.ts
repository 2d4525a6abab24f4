import { connect } from 'node:net';

/** An answer as it stood on the wire. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/**
 * Sends bytes that no HTTP client would let through, and answers what came back until the server closed the
 * connection, the body was complete, or `limit` ms of it were enough.
 */
export function exchange(url: string, request: string | Uint8Array, limit = 3000): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    let seen = Buffer.alloc(0);
    const finish = () => {
      clearTimeout(timer);
      socket.destroy();
      const answer = parse(seen);
      if (answer) resolve(answer);
      else reject(new Error(`No answer but ${JSON.stringify(seen.toString('latin1'))}`));
    };
    const timer = setTimeout(finish, limit);
    socket.on('error', () => undefined);
    socket.on('close', finish);
    socket.on('data', (chunk) => {
      seen = Buffer.concat([seen, chunk]);
      const length = parse(seen)?.headers.get('content-length');
      if (length != null && bodyOf(seen).length >= Number(length)) finish();
    });
    // The other side may refuse before it has read everything.
    socket.write(request);
  });
}

/** The head of a request, with exactly these header lines. */
export const requestHead = (line: string, ...headers: string[]): string =>
  `${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n`;

const bodyOf = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);

function parse(bytes: Buffer): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(first.split(' ')[1]), headers, text: bodyOf(bytes).toString('utf8') };
}
