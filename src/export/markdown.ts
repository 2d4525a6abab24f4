import type { Message } from '../contract/message.ts';
import { codeBlock, escaped, link } from '../domain/markdown.ts';
import { tagsOf } from '../domain/message.ts';
import { attachmentPath } from '../journal/path.ts';
import type { Renderer } from './renderer.ts';

/** One Markdown document, oldest first, with a heading for each day (UTC). */
export function markdown(): Renderer {
  let day = '';
  return {
    type: 'text/markdown; charset=utf-8',
    extension: 'md',
    order: 'oldest-first',
    head: '# Messages\n',
    each: ({ message }) => {
      const { createdAt, author, updatedAt } = message;
      const heading = createdAt.startsWith(day) && day !== '' ? '' : `\n## ${createdAt.slice(0, 10)}\n`;
      day = createdAt.slice(0, 10);
      const edited = updatedAt === undefined ? '' : ' (edited)';
      return `${heading}\n### ${createdAt.slice(11, 16)} ${escaped(author)}${edited}\n\n${bodyOf(message).trim()}\n`;
    },
    tail: '',
  };
}

function bodyOf(message: Message): string {
  const inText = new Set(tagsOf(message.text));
  const beside = message.tags.filter((tag) => !inText.has(tag)).map((tag) => `#${tag}`);
  const files = (message.attachments ?? []).map(
    ({ sha256, type, name }) => `- [${escaped(name)}](${attachmentPath(sha256, type)})`,
  );
  return [contentOf(message), beside.map(escaped).join(' '), files.join('\n')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function contentOf({ type, text, url, language, done }: Message): string {
  switch (type) {
    case 'markdown':
      return text;
    case 'code':
      return codeBlock(text, language ?? '');
    case 'link':
      return link(lined(text), url ?? '');
    case 'task':
      return `- [${done === true ? 'x' : ' '}] ${lined(text)}`;
    default:
      return lined(text);
  }
}

/** Plain text that keeps its line breaks. */
const lined = (text: string): string => escaped(text).replace(/(?<=[^\n])\n(?=[^\n])/g, '\\\n');
