import { isUnreadable, parseLine } from '../../journal/line.ts';
import type { ExportSource } from '../files.ts';
import { linesOf } from '../lines.ts';
import type { Item } from '../message.ts';
import { shortly } from '../values.ts';

/** Whether a text begins with a line of a journal. */
export function isGitpost(head: string): boolean {
  const line = head.replace(/^\ufeff/, '').split('\n', 1)[0] ?? '';
  return (
    /^\{"v":\d+,"id":"/.test(line) || (/^\s*\{/.test(line) && !isUnreadable(parseLine(Buffer.from(line))))
  );
}

/** Reads journal lines, each kept byte for byte. */
export async function* readGitpost({ files }: ExportSource): AsyncGenerator<Item> {
  for (const file of files.filter(({ name }) => name === '' || /\.(jsonl|ndjson)$/i.test(name))) {
    for await (const raw of linesOf(file.read(), true)) {
      if (raw.trim() === '') continue;
      const line = parseLine(Buffer.from(raw));
      yield isUnreadable(line)
        ? { skipped: 'unreadable-line', example: shortly(`${line.reason}: ${raw}`) }
        : { raw };
    }
  }
}
