import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import type { ImportResult } from '../../contract/import.ts';
import type { ProblemDocument } from '../../contract/problem.ts';
import type { Command } from '../command.ts';
import { Ending, EXIT } from '../ending.ts';
import { checkFile } from '../files.ts';
import { print } from '../io.ts';
import { linesOf } from '../lines.ts';
import { progressOn } from '../progress.ts';
import { printableJson, printableLine } from '../style.ts';
import { type Given, isSet, textOf, textsOf } from '../verb.ts';
import { counted, wordsFor } from '../words.ts';

interface Line {
  readonly progress?: { readonly stage: string; readonly done: number; readonly total: number | null };
  readonly result?: ImportResult;
  readonly problem?: ProblemDocument;
}

export const importFile: Command = async (io, given, connection) => {
  const [file = ''] = given.args;
  const reply = await connection.send({
    method: 'POST',
    path: `import?${queryOf(given, file)}`,
    file: file === '-' ? io.stdin : await bytesOf(file),
  });
  const progress = progressOn(io);
  let last: Line = {};
  for await (const line of linesOf(reply.body)) {
    last = JSON.parse(line) as Line;
    if (last.progress) progress.show(last.progress.stage, last.progress.done, last.progress.total);
  }
  progress.end();
  const { result, problem } = last;
  if (problem) throw new Ending(EXIT.failed, wordsFor(problem));
  if (!result)
    throw new Ending(
      EXIT.failed,
      'The import was cut off. Import the file again: what is there already is left as it is.',
    );
  if (isSet(given, 'json')) await print(io, `${printableJson(JSON.stringify(result, null, 2))}\n`);
  else await print(io, summaryOf(result, isSet(given, 'dry-run')));
  return EXIT.done;
};

/** The bytes to send. A folder is sent as a zip. So is a note, since the zip keeps the date of its file. */
async function bytesOf(file: string): Promise<Readable> {
  const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) await checkFile(file);
  if (!isFolder && !/\.(?:md|markdown)$/i.test(file)) return createReadStream(file);
  const { packed } = await import('../pack.ts');
  return packed(file);
}

function queryOf(given: Given, file: string): URLSearchParams {
  const query = new URLSearchParams();
  for (const name of ['format', 'repository', 'zone', 'dates']) {
    const value = textOf(given, name);
    if (value !== undefined) query.set(name, value);
  }
  if (file !== '-') query.set('name', basename(file).slice(0, 255));
  if (isSet(given, 'dry-run')) query.set('dryRun', 'true');
  if (isSet(given, 'confirm')) query.set('confirm', 'true');
  const conversations = textsOf(given, 'conversation');
  if (conversations.length > 0) query.set('conversations', JSON.stringify(conversations));
  return query;
}

function summaryOf(result: ImportResult, isDryRun: boolean): string {
  const { format, created, updated, present, conversations, authors, from, to, skipped, attachments } =
    result;
  const days = from === null || to === null ? '' : `, ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
  return [
    `${format}: ${counted(conversations.length, 'conversation')}, ${counted(authors.length, 'author')}${days}`,
    `${isDryRun ? 'would be new' : 'new'}: ${created}, changed: ${updated}, already there: ${present}`,
    ...(attachments > 0 ? [`${counted(attachments, 'file')} with them`] : []),
    ...skipped.map(({ reason, count }) => `${count}: ${printableLine(reason)}`),
    ...(isDryRun ? ['Nothing was written.'] : []),
    '',
  ].join('\n');
}
