import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { type Attachment, readAttachments } from '../../domain/attachment.ts';
import { isTextType } from '../../domain/media/types.ts';
import type { Filter } from '../../domain/query.ts';
import { ndjson } from '../../export/data.ts';
import { html } from '../../export/html.ts';
import { markdown } from '../../export/markdown.ts';
import type { Renderer } from '../../export/renderer.ts';
import { attachmentPath } from '../../journal/path.ts';
import type { Past } from '../../mirror/past.ts';
import type { Attachments } from '../attachments/attachments.ts';
import type { MessageReader } from '../message-reader.ts';
import { exportMessages } from './export-messages.ts';

export interface ZipExport {
  readonly reader: MessageReader;
  readonly attachments: Attachments;
  readonly filter: Filter;
  /** The past that the messages are of, if it is not the present. */
  readonly past: Past | undefined;
  readonly revisions: 'current' | 'all';
  /** The time of the export. */
  readonly now: Date;
}

/**
 * Messages as a zip: the journal lines, a Markdown document, an HTML page, and the files that they name, as far as a
 * clone has them. It is created while it is sent, one entry after the other.
 */
export function exportZip(wanted: ZipExport): AsyncIterable<Buffer> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  zip.on('error', (error) => output.destroy(error as Error));
  fill(zip, output, wanted).catch((error: unknown) => output.destroy(error as Error));
  return output as AsyncIterable<Buffer>;
}

async function fill(
  zip: ZipFile,
  output: Readable,
  { reader, attachments, filter, past, revisions, now }: ZipExport,
): Promise<void> {
  const files = new Map<string, Attachment>();
  const lines = noting(ndjson(revisions), files);
  const add = async (name: string, content: Readable, compress = true): Promise<void> => {
    // If the client disconnects, nobody reads on, and what is open here would stay open.
    const leave = () => void content.destroy();
    output.once('close', leave);
    zip.addReadStream(content, name, { mtime: now, compress });
    await finished(content);
    output.off('close', leave);
  };
  await add('messages.ndjson', Readable.from(exportMessages(reader, filter, lines, past)));
  await add('messages.md', Readable.from(exportMessages(reader, filter, markdown(), past)));
  await add('messages.html', Readable.from(exportMessages(reader, filter, html({ hasFiles: true }), past)));
  const missing: string[] = [];
  for (const { sha256, type, name } of files.values()) {
    const file = await attachments.find(sha256);
    // Opened now, before anything else can evict it in favour of other copies.
    const handle = file && (await open(file.path).catch(() => undefined));
    const path = attachmentPath(sha256, type);
    if (handle) await add(path, handle.createReadStream(), isTextType(type));
    else missing.push(`${path}: ${name}`);
  }
  if (missing.length > 0) await add('missing-files.txt', Readable.from([`${missing.join('\n')}\n`]));
  zip.end();
}

/** A renderer that collects the files of the lines that it writes. */
const noting = (renderer: Renderer, files: Map<string, Attachment>): Renderer => ({
  ...renderer,
  each: (exported) => {
    const lines = renderer.messages === 'all' ? exported.lines : [exported.current];
    for (const file of lines.flatMap((line) => readAttachments(line.attachments)))
      files.set(file.sha256, file);
    return renderer.each(exported);
  },
});
