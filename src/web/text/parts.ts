import { safeUrl } from './url.ts';

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tag'; readonly text: string; readonly tag: string }
  | { readonly kind: 'url'; readonly text: string; readonly url: string };

const FINDS = /(https?:\/\/[^\s<>"]+)|(?<=^|\s)#(?=[\p{N}_-]{0,63}\p{L})([\p{L}\p{N}_-]+)/giu;

/** Splits a text into plain text, tags and addresses. Joined again, they are the original text. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(FINDS)) {
    const part = match[2] === undefined ? toUrl(match[0]) : toTag(match[0], match[2]);
    if (part === undefined) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push(part);
    from = match.index + part.text.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

function toTag(text: string, name: string): Part {
  return { kind: 'tag', text, tag: name.toLowerCase() };
}

function toUrl(found: string): Part | undefined {
  const text = withoutSentence(found);
  const url = safeUrl(text);
  return url === undefined ? undefined : { kind: 'url', text, url };
}

/** Punctuation at the end belongs to the sentence. So does a closing bracket, unless the address opened it. */
function withoutSentence(found: string): string {
  let unopened = found.split(')').length - found.split('(').length;
  let end = found.length;
  while (end > 0) {
    const last = found.charAt(end - 1);
    const isStray = last === ')' && unopened > 0;
    if (!isStray && !".,;:!?'…".includes(last)) break;
    if (isStray) unopened -= 1;
    end -= 1;
  }
  return found.slice(0, end);
}
