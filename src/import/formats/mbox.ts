import PostalMime, { type Email } from 'postal-mime';
import { escaped } from '../../domain/markdown.ts';
import { endingOf } from '../../domain/media/types.ts';
import type { ExportFile, ExportSource } from '../files.ts';
import { type HtmlText, markdownOf } from '../html.ts';
import type { Item } from '../message.ts';
import { refuse } from '../refusal.ts';
import { heldIn, shortly } from '../values.ts';

const SEPARATOR = Buffer.from('\nFrom ');
const MOST_BYTES = 64 * 2 ** 20;

/** Whether a text begins like a mailbox. */
export const isMbox = (head: string): boolean =>
  /^From \S{1,200}.{0,60}\d{4}[^\n]{0,20}\r?\n[\w-]{1,60}:/.test(head);

/**
 * Reads mailboxes (RFC 4155). A mail is identified by its Message-ID, and a reply refers to one with its In-Reply-To.
 */
export async function* readMbox({ files }: ExportSource): AsyncGenerator<Item> {
  for (const file of files.filter(
    ({ name }) => name === '' || /(?:\.mbox|\.mbx|\/mbox|^[^.]+)$/i.test(name),
  )) {
    const name = (file.name.split('/').at(-1) ?? '').replace(/\.(?:mbox|mbx)$/i, '');
    for await (const mail of mailsIn(file)) yield await itemOf(mail, name === '' ? 'mail' : name);
  }
}

/** The mails of a file, without the line that begins each. */
async function* mailsIn(file: ExportFile): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.from('\n');
  let searched = 0;
  for await (const chunk of file.read()) {
    rest = Buffer.concat([rest, chunk]);
    for (let at = separatorIn(rest, Math.max(1, searched)); at !== -1; at = separatorIn(rest, 1)) {
      yield withoutFirstLine(rest.subarray(1, at));
      rest = rest.subarray(at);
    }
    searched = rest.length - 200;
    if (rest.length > MOST_BYTES)
      throw refuse('The mailbox holds a mail larger than 64 MiB. Nothing was imported.');
  }
  if (rest.length > 1) yield withoutFirstLine(rest.subarray(1));
}

/**
 * Where the next mail begins: only at a `From ` whose line ends with a date, since not every `From ` in a text is
 * escaped.
 */
function separatorIn(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(SEPARATOR, from); at !== -1; at = bytes.indexOf(SEPARATOR, at + 1)) {
    const line =
      bytes
        .subarray(at + 1, at + 180)
        .toString('latin1')
        .split('\n', 1)[0] ?? '';
    if (/\d{1,2}:\d{2}(?::\d{2})?.{0,12}\d{4}.{0,8}$/.test(line.trimEnd())) return at;
  }
  return -1;
}

const withoutFirstLine = (mail: Buffer): Buffer => mail.subarray(mail.indexOf(0x0a) + 1);

async function itemOf(bytes: Buffer, conversation: string): Promise<Item> {
  const unescaped = Buffer.from(bytes.toString('latin1').replace(/^>(>{0,20}From )/gm, '$1'), 'latin1');
  const mail = await PostalMime.parse(unescaped, { maxNestingDepth: 50, maxHeadersSize: 1 << 20 }).catch(
    () => undefined,
  );
  const shown = shortly(unescaped.subarray(0, 80).toString('latin1'));
  if (!mail) return { skipped: 'broken-mail', example: shown };
  const createdAt = Date.parse(mail.date ?? '');
  if (Number.isNaN(createdAt)) return { skipped: 'no-date', example: shortly(mail.subject ?? shown) };
  const body = bodyOf(mail);
  const subject = (mail.subject ?? '').trim();
  return {
    conversation: { id: conversation, name: conversation },
    sourceId: mail.messageId,
    author: mail.from?.name || mail.from?.address || '',
    createdAt,
    text: [body.type === 'text' ? subject : escaped(subject), body.text]
      .filter((part) => part !== '')
      .join('\n\n'),
    type: body.type,
    replyTo: mail.inReplyTo?.trim().split(/\s/, 1)[0],
    files: mail.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? `file${endingOf(mimeType)}`,
      content: heldIn(
        typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array),
      ),
    })),
  };
}

/** The text of a mail: plain text, or its HTML if it has nothing else. */
function bodyOf({ text, html }: Email): HtmlText {
  const own = (text ?? '').trim();
  return own !== '' || html === undefined ? { text: own, type: 'text' } : markdownOf(html);
}
