import { setImmediate as turn } from 'node:timers/promises';
import type { Response } from 'express';
import { type BulkResult, draftSchema } from '../contract/message.ts';
import { contentErrors } from '../domain/content.ts';
import type { Result } from '../domain/result.ts';
import { toJson } from '../domain/unicode.ts';
import type { Messages } from '../services/messages.ts';
import { hasTooManyLines, linesOf, MOST_BULK_LINES, MOST_LINE_BYTES, NDJSON, parseJson } from './body.ts';
import { type ProblemInput, toProblem } from './problem.ts';
import { validate } from './validate.ts';
import { endStream, writeChunk } from './write-chunk.ts';

/** How many lines of a bulk request, or bytes of them, are being captured at the same time. */
const [MOST_UNDER_WAY, MOST_BYTES_UNDER_WAY] = [1500, 4 * 1024 * 1024];
/** How many lines, or bytes, are read or answered before the event loop gets a turn. */
const [LINES_A_TURN, BYTES_A_TURN] = [50, 128 * 1024];

/**
 * Sends one result per line, in the order of the lines. A bad line does not affect the others. Results are sent as
 * they arrive. If the client stops reading, this waits. Once it is gone, lines that have not been started are not
 * captured.
 */
export async function captureBulk(
  messages: Messages,
  bytes: Buffer,
  response: Response,
): Promise<Result<never, ProblemInput> | undefined> {
  if (await hasTooManyLines(bytes)) {
    const detail = `A bulk may have at most ${MOST_BULK_LINES.toLocaleString('en')} lines. Nothing was saved; send it in parts.`;
    return { ok: false, failure: { code: 'too-large', detail } };
  }
  response.setHeader('Content-Type', `${NDJSON}; charset=utf-8`);
  const underWay: UnderWay[] = [];
  let bytesUnderWay = 0;
  const sendFirst = async (): Promise<boolean> => {
    const first = underWay.splice(0, LINES_A_TURN);
    for (const { length } of first) bytesUnderWay -= length;
    const results = await Promise.all(first.map(({ result }) => result));
    return writeChunk(response, results.map((result) => `${toJson(result)}\n`).join(''));
  };
  let [lines, size] = [0, 0];
  for (const line of linesOf(bytes)) {
    if (line.length > 0) underWay.push(startCapture(messages, line));
    bytesUnderWay += line.length;
    lines += 1;
    size += line.length;
    // The next lines are read while git writes the previous ones, and the event loop gets a turn in between.
    if (line.length === 0 || lines >= LINES_A_TURN || size >= BYTES_A_TURN) {
      [lines, size] = [0, 0];
      await turn();
    }
    while (underWay.length >= MOST_UNDER_WAY || bytesUnderWay >= MOST_BYTES_UNDER_WAY) {
      if (!(await sendFirst())) return undefined;
    }
  }
  while (underWay.length > 0) if (!(await sendFirst())) return undefined;
  endStream(response);
  return undefined;
}

/** A line of a bulk request that is being captured, and its length in bytes. */
interface UnderWay {
  readonly length: number;
  readonly result: ReturnType<typeof createOne>;
}

/** Starts to capture a line. An error is handled when it is the line's turn to be answered, and ignored until then. */
function startCapture(messages: Messages, line: Buffer): UnderWay {
  const result = createOne(messages, line);
  result.catch(() => undefined);
  return { length: line.length, result };
}

async function createOne(messages: Messages, line: Buffer): Promise<BulkResult> {
  if (line.length > MOST_LINE_BYTES) return refused(longLine);
  const body = parseJson(line);
  const draft = body.ok ? validate(draftSchema, body.value, contentErrors) : body;
  const stored = draft.ok ? await messages.create(draft.value) : draft;
  if (stored.ok) return { status: stored.value.created ? 201 : 200, message: stored.value.message };
  return refused(stored.failure);
}

const longLine = {
  code: 'too-large',
  detail: 'A line of a bulk may have at most 1 MiB. This one was not saved.',
} as const;

function refused(failure: ProblemInput): BulkResult {
  const problem = toProblem(failure);
  return { status: problem.status, problem };
}
