import { Parser } from 'htmlparser2';
import { codeBlock, escaped, inlineCode, link, quoted, wrapped } from '../domain/markdown.ts';

/** HTML converted to Markdown, or plain text if nothing in it is formatted. */
export interface HtmlText {
  readonly text: string;
  readonly type: 'text' | 'markdown';
}

/** How much of a document is read, in characters. */
const MOST_CHARACTERS = 256 * 1024;
/** Deeper markup is hostile, so only its text is used. */
const MOST_DEPTH = 200;
const MOST_LEVELS = 5;

/** Elements that are not shown. `mx-reply` repeats what a message replies to. */
const UNSEEN = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'noscript',
  'svg',
  'math',
  'iframe',
  'object',
  'mx-reply',
]);
/** Elements that are on lines of their own. */
const BLOCKS = new Set([
  'p',
  'div',
  'section',
  'article',
  'header',
  'footer',
  'main',
  'aside',
  'figure',
  'figcaption',
  'form',
  'address',
  'dl',
  'dt',
  'dd',
  'table',
  'tr',
  'center',
  'details',
  'summary',
]);
const MARKS: Readonly<Record<string, string>> = {
  ...{ b: '**', strong: '**', i: '*', em: '*', cite: '*' },
  ...{ s: '~~', strike: '~~', del: '~~' },
};
const FORMATTED = new Set([
  ...Object.keys(MARKS),
  'a',
  'code',
  'tt',
  'kbd',
  'pre',
  'ul',
  'ol',
  'blockquote',
  'hr',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
]);

interface Frame {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Finished content: blocks separated by empty lines, or the items of a list. */
  readonly blocks: string[];
  /** The text after that. */
  text: string;
  /** Whether the next character starts a line. */
  isLineStart: boolean;
  /** How many items of a list, or cells of a row, there are so far. */
  items: number;
}

/** Converts HTML to Markdown. The tags are read in one pass, so no document takes long. */
export function markdownOf(html: string): HtmlText {
  const given = html.slice(0, MOST_CHARACTERS);
  const plain = new Writer(false).write(given);
  if (!plain.isFormatted) return { text: plain.text, type: 'text' };
  return { text: new Writer(true).write(given).text, type: 'markdown' };
}

class Writer {
  readonly #isMarkdown: boolean;
  readonly #frames: Frame[] = [frameOf('', {})];
  #unseen = 0;
  #code = 0;
  #depth = 0;
  #isFormatted = false;
  /** The language of the current code block. */
  #language = '';

  constructor(isMarkdown: boolean) {
    this.#isMarkdown = isMarkdown;
  }

  write(html: string): { readonly text: string; readonly isFormatted: boolean } {
    const parser = new Parser({
      onopentag: (name, attributes) => {
        this.#depth += 1;
        if (this.#depth <= MOST_DEPTH) this.#open(name, attributes);
      },
      ontext: (text) => this.#add(text),
      onclosetag: (name) => {
        if (this.#depth <= MOST_DEPTH) this.#close(name);
        this.#depth -= 1;
      },
    });
    // Written in chunks, so hostile nesting is noticed before the parser has to unwind it.
    for (let at = 0; at < html.length && this.#depth <= MOST_DEPTH; at += PIECE)
      parser.write(html.slice(at, at + PIECE));
    if (this.#depth <= MOST_DEPTH) parser.end();
    while (this.#frames.length > 1) this.#close(this.#top.name);
    const text = textOf(this.#top)
      .replace(/[ \t]{1,200}\n/g, '\n')
      .replace(/\n{3,}/g, '\n\n');
    return { text: text.trim(), isFormatted: this.#isFormatted };
  }

  get #top(): Frame {
    return this.#frames.at(-1) as Frame;
  }

  #open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (UNSEEN.has(name)) this.#unseen += 1;
    if (this.#unseen === 0) {
      if (name === 'br') this.#append('\n');
      if (name === 'hr') this.#block('---');
      if (name === 'img' && attributes.alt !== undefined) this.#add(attributes.alt);
      if (FORMATTED.has(name) || (name === 'span' && marksOf(attributes).length > 0))
        this.#isFormatted = true;
    }
    if (name === 'pre') this.#language = '';
    if (name === 'code') this.#language = languageIn(attributes);
    if (name === 'pre' || name === 'code') this.#code += 1;
    this.#frames.push(frameOf(name, attributes));
  }

  #add(text: string): void {
    if (this.#unseen > 0) return;
    const isPre = this.#frames.some(({ name }) => name === 'pre');
    const words = isPre ? text : text.replace(/[ \t\r\n\f]{1,1000}/g, ' ');
    const top = this.#top;
    const shown = top.isLineStart && !isPre ? words.replace(/^ /, '') : words;
    this.#append(this.#isMarkdown && this.#code === 0 ? escaped(shown) : shown);
  }

  #close(name: string): void {
    const frame = this.#frames.length > 1 ? this.#frames.pop() : undefined;
    if (!frame) return;
    if (name === 'pre' || name === 'code') this.#code -= 1;
    if (UNSEEN.has(name)) {
      this.#unseen -= 1;
      return;
    }
    const text = textOf(frame);
    if (name === 'td' || name === 'th') this.#cell(text.trim());
    else if (name === 'li') this.#item(text);
    else if (name === 'pre') this.#block(this.#isMarkdown ? codeBlock(text, this.#language) : text);
    else if (name === 'blockquote') this.#block(this.#isTooDeep() ? text : quoted(text.trim()));
    else if (name === 'ul' || name === 'ol') this.#block(text);
    else if (/^h[1-6]$/.test(name)) this.#block(`${'#'.repeat(Number(name[1]))} ${text.trim()}`);
    else if (BLOCKS.has(name)) this.#block(text);
    else this.#append(this.#inline(frame, text));
  }

  #inline({ name, attributes }: Frame, text: string): string {
    if (!this.#isMarkdown) return text;
    if (name === 'code' || name === 'tt' || name === 'kbd') {
      const isInPre = this.#frames.some((frame) => frame.name === 'pre');
      return isInPre || text.trim() === '' ? text : inlineCode(text.trim());
    }
    const { href } = attributes;
    // Matrix mentions people with links that lead to a page about Matrix.
    if (name === 'a' && href !== undefined)
      return href.startsWith('https://matrix.to/#/@') ? text : link(text.trim(), href);
    const marks = name === 'span' ? marksOf(attributes) : [MARKS[name] ?? ''];
    return this.#code > 0
      ? text
      : marks.reduce((inner, mark) => (mark === '' ? inner : wrapped(inner, mark)), text);
  }

  #cell(text: string): void {
    if (text === '') return;
    const row = this.#top;
    row.items += 1;
    this.#append(row.items === 1 ? text : ` | ${text}`);
  }

  /** Checks only the added text. Checking the whole text each time would get slower as it grows. */
  #append(text: string): void {
    if (text === '') return;
    this.#top.text += text;
    this.#top.isLineStart = text.endsWith('\n');
  }

  /** Adds a block with an empty line before and after it. */
  #block(text: string): void {
    const inner = text.replace(/^\n{1,100}/, '').trimEnd();
    if (inner === '') return;
    this.#finish();
    this.#top.blocks.push(inner);
  }

  /** Each level of quotes and lists makes every line longer, so only a few are kept. */
  #isTooDeep(): boolean {
    return this.#frames.filter(({ name }) => name === 'blockquote' || name === 'li').length >= MOST_LEVELS;
  }

  #item(text: string): void {
    if (this.#isTooDeep()) {
      this.#block(text);
      return;
    }
    this.#finish();
    const list = this.#top;
    list.items += 1;
    const mark = list.name === 'ol' ? `${list.items}. ` : '- ';
    const inner = text
      .trim()
      .replace(/\n{2,100}/g, '\n')
      .replaceAll('\n', `\n${' '.repeat(mark.length)}`);
    list.blocks.push(`${mark}${inner}`);
  }

  /** Turns the text before a block into a block of its own. */
  #finish(): void {
    const top = this.#top;
    const before = top.text.trimEnd();
    top.text = '';
    top.isLineStart = true;
    if (before !== '') top.blocks.push(before);
  }
}

const PIECE = 4096;

/** The marks for inline styles. Some programs, such as Google Keep, write styles instead of tags. */
function marksOf({ style = '' }: Readonly<Record<string, string>>): string[] {
  const short = style.slice(0, 1000).replace(/\s/g, '').toLowerCase();
  return [
    /font-weight:(?:bold|[6-9]00)/.test(short) ? '**' : '',
    short.includes('font-style:italic') ? '*' : '',
    /text-decoration(?:-line)?:line-through/.test(short) ? '~~' : '',
  ].filter((mark) => mark !== '');
}

const frameOf = (name: string, attributes: Frame['attributes']): Frame => ({
  ...{ name, attributes },
  blocks: [],
  text: '',
  isLineStart: true,
  items: 0,
});

/** The complete text of a frame. */
function textOf({ name, blocks, text }: Frame): string {
  if (blocks.length === 0) return text;
  const last = text.trim() === '' ? [] : [text];
  return [...blocks, ...last].join(name === 'ul' || name === 'ol' ? '\n' : '\n\n');
}

/** The language of a code element, from its class. */
const languageIn = ({ class: names = '' }: Frame['attributes']): string =>
  /language-([\w+#-]{1,30})/.exec(names)?.[1] ?? '';
