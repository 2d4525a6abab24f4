import type { Renderer } from './renderer.ts';
import { markup, titleOf } from './xml.ts';

/** An Atom feed (RFC 4287), newest first. */
export const atom = (now: Date): Renderer => ({
  type: 'application/atom+xml; charset=utf-8',
  extension: 'atom',
  order: 'newest-first',
  head:
    '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>Messages</title>' +
    `<id>urn:gitpost:export</id><updated>${now.toISOString()}</updated><generator>gitpost</generator>\n`,
  each: ({ message }) => {
    const { id, author, text, createdAt, updatedAt, tags, url, attachments = [] } = message;
    const files = attachments.map(({ name }) => name).join(', ');
    const content = [text, url ?? '', files === '' ? '' : `Files: ${files}`].filter((part) => part !== '');
    const categories = tags.map((tag) => `<category term="${markup(tag)}"/>`).join('');
    const link = url === undefined ? '' : `<link rel="related" href="${markup(url)}"/>`;
    return (
      `<entry><id>urn:uuid:${markup(id)}</id><title>${markup(titleOf(content.join('\n')))}</title>` +
      `<author><name>${markup(author || 'unknown')}</name></author><published>${createdAt}</published>` +
      `<updated>${updatedAt ?? createdAt}</updated>${categories}${link}<content type="text">${markup(content.join('\n\n'))}</content></entry>\n`
    );
  },
  tail: '</feed>\n',
});
