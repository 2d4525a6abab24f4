import { setImmediate as turn } from 'node:timers/promises';
import type { ExportSource, FileContent } from '../../import/files.ts';
import { type FormatName, formatOf } from '../../import/formats.ts';
import type { Item } from '../../import/message.ts';
import { type Prepared, preparer } from '../../import/prepare.ts';
import { type Line, readLine } from '../../journal/line.ts';
import type { ImportRequest } from './request.ts';
import type { Summary } from './summary.ts';

/** A line of a journal, with the bytes of its files that the export contains. */
export interface ReadLine {
  readonly id: string;
  readonly line: Line;
  readonly contents: ReadonlyMap<string, FileContent>;
}

/** A message of another program, or a line of a journal. */
export type ReadItem = (Prepared & { readonly line?: never }) | ReadLine;

const ITEMS_A_TURN = 100;

/**
 * The messages and lines of an export, prepared. Gives the event loop a turn now and then. Skipped items are counted.
 *
 * @param author the author of notes whose export names none
 */
export async function* readExport(
  source: ExportSource,
  format: FormatName,
  request: ImportRequest,
  summary: Summary,
  { author, guardsSecrets }: { readonly author: string; readonly guardsSecrets: boolean },
): AsyncGenerator<ReadItem> {
  const prepare = preparer(format, !guardsSecrets);
  const wanted = request.conversations && new Set(request.conversations);
  let count = 0;
  for await (const item of formatOf(format).read(source, request, author) as AsyncGenerator<Item>) {
    count += 1;
    if (count % ITEMS_A_TURN === 0) await turn();
    if ('raw' in item) {
      const line = readLine(item.raw);
      summary.message({ id: 'gitpost', name: 'gitpost' }, line.author, line.createdAt);
      yield { id: line.id, line, contents: item.contents };
      continue;
    }
    const prepared = 'skipped' in item ? item : prepare(item);
    if ('skipped' in prepared) {
      summary.skip(prepared);
      continue;
    }
    const { conversation, createdAt, notes } = prepared;
    if (wanted && !wanted.has(conversation.id)) continue;
    for (const note of notes) summary.skip(note);
    summary.message(conversation, prepared.author, createdAt);
    yield prepared;
  }
}
