import { isUnreadable, parseLine } from '../../journal/line.ts';
import type { ExportSource, FileContent } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { Item } from '../message.ts';
import { shortly } from '../values.ts';

/** Whether a text begins with a journal line. */
export function isGitpost(head: string): boolean {
  const line = head.replace(/^\ufeff/, '').split('\n', 1)[0] ?? '';
  return (
    /^\{"v":\d+,"id":"/.test(line) || (/^\s*\{/.test(line) && !isUnreadable(parseLine(Buffer.from(line))))
  );
}

/** The path of a file in a clone, or in an export with files. */
const ATTACHMENT = /(?:^|\/)attachments\/[0-9a-f]{2}\/([0-9a-f]{64})(?:\.\w{1,10})?$/;

/** Reads journal lines, each kept byte for byte, and the files that they name. */
export async function* readGitpost({ files }: ExportSource): AsyncGenerator<Item> {
  const found = new Map<string, FileContent>();
  for (const file of files) {
    const sha256 = ATTACHMENT.exec(file.name)?.[1];
    if (sha256 !== undefined) found.set(sha256, file);
  }
  for (const file of files.filter(
    ({ name }) => name === '' || (/\.(jsonl|ndjson)$/i.test(name) && !ATTACHMENT.test(name)),
  )) {
    for await (const raw of linesOf(file.read(), true)) {
      if (raw.trim() === '') continue;
      const line = parseLine(Buffer.from(raw));
      if (isUnreadable(line)) {
        yield { skipped: 'unreadable-line', example: shortly(`${line.reason}: ${raw}`) };
        continue;
      }
      const contents = new Map<string, FileContent>();
      for (const { sha256 } of line.attachments ?? []) {
        const content = found.get(sha256);
        if (content) contents.set(sha256, content);
      }
      yield { raw, contents };
    }
  }
}
