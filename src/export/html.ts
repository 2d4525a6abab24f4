import MarkdownIt from 'markdown-it';
import type { Message } from '../contract/message.ts';
import { tagsOf } from '../domain/message.ts';
import { attachmentPath } from '../journal/path.ts';
import type { Renderer } from './renderer.ts';
import { markup } from './xml.ts';

/** The page fetches nothing: no HTML in a message becomes markup, and no image is loaded. */
const parser = new MarkdownIt({ html: false, linkify: true, breaks: true }).disable('image');

/** A longer text is shown as it was written, since parsing some texts takes very long. */
const MOST_PARSED = 20_000;

const STYLE = `:root{color-scheme:light dark;--line:#8884}body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}
h2{font-size:1rem;border-bottom:1px solid var(--line);padding-bottom:.25rem;margin:2rem 0 1rem}
article{margin:0 0 1rem;break-inside:avoid-page;overflow-wrap:anywhere}header{font-size:.875rem}header b{margin-right:.5rem}
time,.tags,footer{opacity:.7}.plain{white-space:pre-wrap}pre{background:#8881;padding:.75rem;border-radius:.375rem;white-space:pre-wrap}
blockquote{border-left:3px solid var(--line);margin-left:0;padding-left:.75rem}article>*{margin:.125rem 0}table{border-collapse:collapse}td,th{border:1px solid var(--line);padding:.125rem .5rem}
article :is(h1,h2,h3,h4){font-size:1.125rem;border:0;padding:0;margin:.75rem 0 .25rem}article div>:first-child{margin-top:0}article div>:last-child{margin-bottom:0}
figure{margin:.25rem 0}figcaption{font-size:.875rem;opacity:.7}img{max-width:100%;height:auto;max-height:30rem;object-fit:contain;object-position:left}
@media print{body{max-width:none;margin:0;font-size:11pt}a{color:inherit}}`;

export interface HtmlOptions {
  /** Whether the files of the messages are next to the page. */
  readonly hasFiles: boolean;
}

/** A single HTML file that looks good on screen and in print, and loads nothing. Days are in UTC. */
export function html({ hasFiles }: HtmlOptions = { hasFiles: false }): Renderer {
  let day = '';
  return {
    type: 'text/html; charset=utf-8',
    extension: 'html',
    order: 'oldest-first',
    head:
      '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
      `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${hasFiles ? "; img-src 'self' file:" : ''}">` +
      `<meta name="viewport" content="width=device-width"><title>Messages</title><style>${STYLE}</style></head>\n<body><h1>Messages</h1>\n`,
    each: ({ message }) => {
      const { id, createdAt, author, replyTo } = message;
      const inText = new Set(tagsOf(message.text));
      const tags = message.tags.filter((tag) => !inText.has(tag));
      const heading = createdAt.slice(0, 10) === day ? '' : `<h2>${createdAt.slice(0, 10)}</h2>\n`;
      day = createdAt.slice(0, 10);
      const reply =
        replyTo === undefined ? '' : ` <a href="#m-${markup(encodeURIComponent(replyTo))}">reply</a>`;
      const tagged =
        tags.length === 0 ? '' : `<p class="tags">${tags.map((tag) => markup(`#${tag}`)).join(' ')}</p>`;
      return (
        `${heading}<article id="m-${markup(id)}"><header><b>${markup(author)}</b><time datetime="${markup(createdAt)}">` +
        `${createdAt.slice(11, 16)}</time>${reply}</header>${bodyOf(message)}${hasFiles ? linkedFiles(message) : filesOf(message)}${tagged}</article>\n`
      );
    },
    tail: '<footer>Exported from gitpost. Times are in UTC.</footer></body></html>\n',
  };
}

/** Lists the files of a message, which are not part of the page. */
function filesOf({ attachments = [] }: Message): string {
  const names = attachments.map(({ name, type }) => `<bdi>${markup(name)}</bdi> (${markup(type)})`);
  return names.length === 0 ? '' : `<p class="tags">Files: ${names.join(', ')}</p>`;
}

/** The files of a message, which are next to the page. Pictures are shown; everything else is a download link. */
function linkedFiles({ attachments = [] }: Message): string {
  const files = attachments.map(({ sha256, name, type, width, height }) => {
    const path = markup(attachmentPath(sha256, type));
    const size = width === undefined ? '' : ` width="${width}" height="${height}"`;
    const shown = `<a href="${path}" download="${markup(name)}"><bdi>${markup(name)}</bdi></a>`;
    return PICTURES.has(type)
      ? `<figure><img src="${path}" alt="" loading="lazy"${size}><figcaption>${shown}</figcaption></figure>`
      : `<p class="tags">${shown} (${markup(type)})</p>`;
  });
  return files.join('');
}

const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

function bodyOf({ type, text, url, done }: Message): string {
  const plain = `<p class="plain">${markup(text)}</p>`;
  if (type === 'code') return `<pre><code>${markup(text)}</code></pre>`;
  if (type === 'markdown' && text.length <= MOST_PARSED) return `<div>${parser.render(text)}</div>`;
  if (type === 'task') return `<p class="plain">${done === true ? '☑' : '☐'} ${markup(text)}</p>`;
  if (type !== 'link' || url === undefined || !/^https?:/i.test(url)) return plain;
  return `${text === '' ? '' : plain}<p><a href="${markup(url)}" rel="noreferrer">${markup(url)}</a></p>`;
}
