import MarkdownIt, { type Token } from 'markdown-it';
import { attachmentIn } from '../text/files.ts';
import { safeUrl } from '../text/url.ts';
import { limitWork, OutOfBudget } from './budget.ts';

/** Markdown as a tree of what a message may show. It is never turned into markup, so no text can become a tag. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'element';
      readonly tag: Tag;
      readonly align?: string;
      readonly start?: number;
      readonly children: readonly Node[];
    }
  | { readonly kind: 'link'; readonly url: string; readonly children: readonly Node[] }
  /** A file of the message, by its hash or name. */
  | { readonly kind: 'file'; readonly reference: string; readonly words: string }
  | { readonly kind: 'block'; readonly text: string; readonly language: string }
  | { readonly kind: 'box'; readonly done: boolean; readonly line: number };

/** The headings of a message are below those of the page, which end with the day. */
const TAGS = {
  p: 'p',
  h1: 'h3',
  h2: 'h4',
  h3: 'h5',
  h4: 'h6',
  h5: 'h6',
  h6: 'h6',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  blockquote: 'blockquote',
  em: 'em',
  strong: 'strong',
  s: 's',
  code: 'code',
  br: 'br',
  hr: 'hr',
  table: 'table',
  thead: 'thead',
  tbody: 'tbody',
  tr: 'tr',
  th: 'th',
  td: 'td',
} as const;
type Tag = (typeof TAGS)[keyof typeof TAGS];

/** A line break in a chat is intended, so it is kept. */
const parser = limitWork(new MarkdownIt({ html: false, linkify: true, breaks: true }));

/** The tree of a text. A text that would block the page is shown as it was written. */
export function parseMarkdown(text: string): readonly Node[] {
  try {
    return treeOf(parser.parse(text, {}), 0);
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return [{ kind: 'block', text, language: '' }];
  }
}

/** An opening and a closing token become one element with everything between them. */
function treeOf(tokens: readonly Token[], line: number): readonly Node[] {
  const levels: Node[][] = [[]];
  const opened: Token[] = [];
  let current = line;
  for (const token of tokens) {
    current = token.map?.[0] ?? current;
    if (token.nesting === 1) {
      opened.push(token);
      levels.push([]);
    } else if (token.nesting === -1) {
      const children = levels.pop() ?? [];
      const open = opened.pop();
      levels.at(-1)?.push(...(open ? elementOf(open, children) : children));
    } else {
      const parent = opened.at(-2)?.type === 'list_item_open' ? opened.at(-1) : undefined;
      levels.at(-1)?.push(...leavesOf(token, current, parent !== undefined));
    }
  }
  return levels[0] ?? [];
}

function elementOf(token: Token, children: readonly Node[]): readonly Node[] {
  if (token.type === 'link_open') {
    const url = safeUrl(attribute(token, 'href'));
    return url === undefined ? children : [{ kind: 'link', url, children }];
  }
  // A list without blank lines has paragraphs that only hold its text together.
  if (token.hidden) return children;
  const tag = tagOf(token);
  if (tag === undefined) return children;
  const align = attribute(token, 'style')?.replace('text-align:', '');
  const start = Number(attribute(token, 'start') ?? 1);
  return [
    {
      kind: 'element',
      tag,
      children,
      ...(align !== undefined && { align }),
      ...(tag === 'ol' && start !== 1 && { start }),
    },
  ];
}

function leavesOf(token: Token, line: number, beginsItem: boolean): readonly Node[] {
  switch (token.type) {
    case 'inline':
      return beginsItem ? withBox(token, line) : treeOf(token.children ?? [], line);
    case 'text':
    case 'text_special':
      return token.content === '' ? [] : [{ kind: 'text', text: token.content }];
    case 'code_inline':
      return [{ kind: 'element', tag: 'code', children: [{ kind: 'text', text: token.content }] }];
    case 'softbreak':
    case 'hardbreak':
      return [{ kind: 'element', tag: 'br', children: [] }];
    case 'hr':
      return [{ kind: 'element', tag: 'hr', children: [] }];
    case 'fence':
    case 'code_block':
      return [
        { kind: 'block', text: token.content.replace(/\n$/, ''), language: token.info.split(/\s/)[0] ?? '' },
      ];
    case 'image':
      return imageOf(token);
    default:
      return token.content === '' ? [] : [{ kind: 'text', text: token.content }];
  }
}

/**
 * Loading a picture from elsewhere would reveal to that host who is reading here. A link reveals nothing until it is
 * followed.
 */
function imageOf(token: Token): readonly Node[] {
  const source = attribute(token, 'src') ?? '';
  const reference = attachmentIn(source);
  if (reference !== undefined) return [{ kind: 'file', reference, words: token.content }];
  const url = safeUrl(source);
  const words: Node = { kind: 'text', text: token.content || source };
  return url === undefined ? [words] : [{ kind: 'link', url, children: [words] }];
}

/** `- [ ] words` is a box to tick. `line` says where in the text it is. */
function withBox(token: Token, line: number): readonly Node[] {
  const nodes = treeOf(token.children ?? [], line);
  const [first, ...rest] = nodes;
  const box = first?.kind === 'text' ? /^\[([ xX])\] /.exec(first.text) : null;
  if (first?.kind !== 'text' || box === null) return nodes;
  return [{ kind: 'box', done: box[1] !== ' ', line }, { kind: 'text', text: first.text.slice(4) }, ...rest];
}

function tagOf(token: Token): Tag | undefined {
  return token.tag in TAGS ? TAGS[token.tag as keyof typeof TAGS] : undefined;
}

function attribute(token: Token, name: string): string | undefined {
  const value = token.attrGet(name);
  return value === null ? undefined : String(value);
}
