import { codeBlock, escaped, inlineCode, link, quoted, wrapped } from '../../domain/markdown.ts';
import { firstText, idOf, listOf, type Members, membersOf, textOf } from '../values.ts';

/** The names for the ids in a workspace. */
export interface SlackNames {
  readonly users: ReadonlyMap<string, string>;
  readonly channels: ReadonlyMap<string, string>;
}

export interface SlackText {
  readonly text: string;
  readonly type: 'text' | 'markdown';
}

/** The text of a message: from its rich text if it has any, otherwise from Slack's own markup. */
export function slackText(message: Members, names: SlackNames): SlackText {
  const blocks = listOf(message.blocks).map(membersOf);
  const rich = blocks.filter(({ type }) => type === 'rich_text');
  if (rich.length > 0 && rich.length === blocks.length) {
    const plain = plainOf(rich, names);
    if (plain !== undefined) return { text: plain.trim(), type: 'text' };
    const text = rich
      .flatMap(({ elements }) => listOf(elements))
      .map((one) => blockText(membersOf(one), names));
    return {
      text: text
        .join('\n')
        .replace(/\n{3,}/g, '\n\n')
        .trim(),
      type: 'markdown',
    };
  }
  const own = textOf(message.text);
  const parts = [own, ...(own === '' ? blocks.map(looseText) : []), ...attached(message, own)];
  return fromMarkup(parts.filter((part) => part.trim() !== '').join('\n'), names);
}

/** Blocks and attachments of apps have their text in several places. */
const looseText = (block: Members): string =>
  [membersOf(block.text).text, ...listOf(block.fields).map((field) => membersOf(field).text)]
    .map(textOf)
    .filter((text) => text !== '')
    .join('\n');

const attached = (message: Members, own: string): string[] =>
  listOf(message.attachments)
    .map(membersOf)
    .map((one) =>
      [textOf(one.title), firstText(one.text, one.fallback)].filter((text) => text !== '').join('\n'),
    )
    .filter((text) => text !== '' && !own.includes(text));

/** Rich text as plain text; `undefined` if it has any formatting. */
function plainOf(blocks: readonly Members[], names: SlackNames): string | undefined {
  const sections = blocks.flatMap(({ elements }) => listOf(elements)).map(membersOf);
  const isPlain = sections.every(
    ({ type, elements }) =>
      type === 'rich_text_section' &&
      listOf(elements)
        .map(membersOf)
        .every((one) => one.style === undefined && (one.type !== 'link' || textOf(one.text) === '')),
  );
  if (!isPlain) return undefined;
  return sections
    .map(({ elements }) =>
      listOf(elements)
        .map((one) => rawOf(membersOf(one), names))
        .join(''),
    )
    .join('');
}

function blockText(block: Members, names: SlackNames): string {
  const elements = listOf(block.elements).map(membersOf);
  switch (block.type) {
    case 'rich_text_list': {
      const indent = '   '.repeat(Math.min(8, Number(block.indent) || 0));
      const offset = Number(block.offset) || 0;
      const mark = (index: number) => (block.style === 'ordered' ? `${index + 1 + offset}.` : '-');
      return elements.map((item, index) => `${indent}${mark(index)} ${blockText(item, names)}`).join('\n');
    }
    case 'rich_text_quote':
      return `${quoted(elements.map((one) => styledOf(one, names)).join(''))}\n`;
    case 'rich_text_preformatted':
      return codeBlock(elements.map((one) => rawOf(one, names)).join(''));
    default:
      return elements.map((one) => styledOf(one, names)).join('');
  }
}

function styledOf(element: Members, names: SlackNames): string {
  const style = membersOf(element.style);
  const raw = rawOf(element, names);
  let text = style.code === true ? inlineCode(raw) : escaped(raw);
  if (element.type === 'link') text = link(escaped(textOf(element.text)), textOf(element.url));
  if (style.bold === true) text = wrapped(text, '**');
  if (style.italic === true) text = wrapped(text, '*');
  if (style.strike === true) text = wrapped(text, '~~');
  return text;
}

function rawOf(element: Members, names: SlackNames): string {
  switch (element.type) {
    case 'user':
      return `@${nameIn(names.users, idOf(element.user_id))}`;
    case 'channel':
      return `#${nameIn(names.channels, idOf(element.channel_id))}`;
    case 'broadcast':
      return `@${textOf(element.range)}`;
    case 'emoji':
      return emojiOf(element);
    case 'link':
      return firstText(element.text, element.url);
    default:
      return textOf(element.text);
  }
}

/** More code points than any emoji has. */
const MOST_POINTS = 16;

function emojiOf({ unicode, name }: Members): string {
  const points = textOf(unicode)
    .split('-', MOST_POINTS)
    .map((hex) => Number.parseInt(hex, 16));
  const isKnown = points.every((point) => point > 0 && point <= 0x10ffff);
  return isKnown ? String.fromCodePoint(...points) : `:${textOf(name)}:`;
}

const nameIn = (names: ReadonlyMap<string, string>, id: string | undefined): string =>
  id === undefined ? 'unknown' : (names.get(id) ?? id);

/** Slack's markup: `<…>` for mentions and links, `*bold*`, `_italic_`, `~struck~`, and three entities. */
function fromMarkup(markup: string, names: SlackNames): SlackText {
  let isFormatted = false;
  const mention = (inside: string): string => {
    const [target = '', label = ''] = inside.split('|', 2);
    if (target.startsWith('@')) return `@${names.users.get(target.slice(1)) ?? (label || target.slice(1))}`;
    if (target.startsWith('#'))
      return `#${label || (names.channels.get(target.slice(1)) ?? target.slice(1))}`;
    if (target.startsWith('!')) return `@${label.replace(/^@/, '') || target.slice(1).replace(/\^.*/, '')}`;
    if (label === '' || label === target) return decoded(target);
    isFormatted = true;
    return link(escaped(decoded(label)), decoded(target));
  };
  // Code is left unchanged, and nothing in inline code is markup.
  const parts = markup.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  if (parts.length > 1) isFormatted = true;
  const marks = /(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\1(?![\p{L}\p{N}])/gu;
  const MARK = { '*': '**', _: '*', '~': '~~' } as const;
  const texts = parts.map((part, index) => {
    const text = part.replace(/<([^<>]+)>/g, (_, inside: string) => mention(inside));
    if (index % 2 === 1) {
      const code = decoded(text);
      return code.startsWith('```') ? codeBlock(code.slice(3, -3).replace(/^\n/, '')) : code;
    }
    return decoded(
      text.replace(marks, (_, mark: keyof typeof MARK, inner: string) => {
        isFormatted = true;
        return `${MARK[mark]}${inner}${MARK[mark]}`;
      }),
    );
  });
  return { text: texts.join('').trim(), type: isFormatted ? 'markdown' : 'text' };
}

const decoded = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
