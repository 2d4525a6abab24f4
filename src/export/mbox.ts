import type { Renderer } from './renderer.ts';
import { titleOf } from './xml.ts';

/**
 * A mailbox (RFC 4155), oldest first, with replies as threads. Texts are base64, so no line can look like a
 * separator.
 */
export const mbox = (): Renderer => ({
  type: 'application/mbox',
  extension: 'mbox',
  order: 'oldest-first',
  head: '',
  each: ({ message }) => {
    const { id, author, text, createdAt, replyTo, tags, url, attachments = [] } = message;
    const date = new Date(createdAt);
    const files = attachments.map(({ name }) => name).join(', ');
    const body = [text, ...(url === undefined ? [] : [url]), files === '' ? '' : `Files: ${files}`]
      .filter((part) => part !== '')
      .join('\n\n');
    const reference =
      replyTo === undefined ? [] : [`In-Reply-To: ${nameOf(replyTo)}`, `References: ${nameOf(replyTo)}`];
    const headers = [
      `From: ${encoded(author || 'unknown')} <noreply@gitpost.invalid>`,
      `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: ${nameOf(id)}`,
      ...reference,
      `Subject: ${encoded(titleOf(text))}`,
      ...(tags.length === 0 ? [] : [`Keywords: ${tags.map(encoded).join(', ')}`]),
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: base64',
    ];
    const base64 = Buffer.from(body.replace(/\r?\n/g, '\r\n'))
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\n');
    return `From noreply@gitpost.invalid ${asctime(date)}\n${headers.join('\n')}\n\n${base64}\n\n`;
  },
  tail: '',
});

/** Other programs may put anything into `replyTo`, but a header must not end early. */
const nameOf = (id: string): string => `<${id.replace(/[^\w.-]/g, '').slice(0, 100)}@gitpost.invalid>`;

/** A date like `Sun Nov 29 10:00:00 2026`, in UTC. */
function asctime(date: Date): string {
  const [day = '', number = '', month = '', year = '', time = ''] = date
    .toUTCString()
    .replace(',', '')
    .split(' ');
  return `${day} ${month} ${number.replace(/^0/, ' ')} ${time} ${year}`;
}

/** How many bytes fit into one encoded word (RFC 2047). */
const MOST_BYTES = 42;

/** A header's text: unchanged if it is plain ASCII, otherwise as encoded words, split between characters. */
function encoded(text: string): string {
  if (/^[A-Za-z0-9 ]{1,60}$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > MOST_BYTES) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((one) => `=?utf-8?B?${Buffer.from(one).toString('base64')}?=`).join('\n ');
}
