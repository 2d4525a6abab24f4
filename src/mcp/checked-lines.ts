import { Transform } from 'node:stream';
import { deserializeMessage, ProtocolErrorCode } from '@modelcontextprotocol/server';

/** A longer line is passed on as it is. The protocol's own limit then ends the connection. */
const LONGEST = 16 * 1024 * 1024;
const LF = 0x0a;

/**
 * Passes on the lines that are JSON-RPC messages. Any other line is answered with an error, as JSON-RPC asks for.
 *
 * @param answer sends a line to the agent
 */
export function checkedLines(answer: (line: string) => unknown): Transform {
  let rest: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
        const line = rest.subarray(0, end + 1);
        rest = rest.subarray(end + 1);
        const error = errorIn(line.toString().trim());
        if (error === undefined) this.push(line);
        else answer(`${JSON.stringify(error)}\n`);
      }
      if (rest.length > LONGEST) {
        this.push(rest);
        rest = Buffer.alloc(0);
      }
      next();
    },
  });
}

function errorIn(line: string): object | undefined {
  if (line === '') return undefined;
  const value = parsed(line);
  if (value === undefined) return errorOf(null, ProtocolErrorCode.ParseError, 'This line is not JSON.');
  if (Array.isArray(value)) return errorOf(null, ProtocolErrorCode.InvalidRequest, NO_BATCHES);
  try {
    deserializeMessage(line);
    return undefined;
  } catch {
    return errorOf(idOf(value), ProtocolErrorCode.InvalidRequest, NO_MESSAGE);
  }
}

/** No revision of the protocol that is spoken here has batches. */
export const NO_BATCHES = 'Batches are not supported: send each message on its own.';
export const NO_MESSAGE = 'This is not a JSON-RPC 2.0 message.';

export const errorOf = (id: string | number | null, code: number, message: string) => ({
  jsonrpc: '2.0',
  id,
  error: { code, message },
});

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | number | null {
  const { id } = (value ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? id : null;
}
