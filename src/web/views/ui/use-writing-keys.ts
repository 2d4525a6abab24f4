import type { RefObject } from 'preact';
import {
  continueLine,
  indent,
  isInFence,
  type Selected,
  type TextEdit,
  toggleMarks,
  toLink,
} from '../../text/markdown-edit.ts';
import { safeUrl } from '../../text/url.ts';

/** Whether the text of a message of this type is Markdown. */
export const isMarkdown = (type: string): boolean => type === 'auto' || type === 'markdown';

/**
 * What keys and the clipboard do while someone is writing Markdown or code. Each handler returns whether it has
 * handled the event.
 */
export function writingKeys(area: RefObject<HTMLTextAreaElement | null>, type: string) {
  const apply = (edit: TextEdit | undefined): boolean => {
    if (!edit || !area.current) return false;
    put(area.current, edit);
    return true;
  };
  const now = (): Selected => {
    const { value = '', selectionStart = 0, selectionEnd = 0 } = area.current ?? {};
    return { text: value, start: selectionStart, end: selectionEnd };
  };
  const isCode = () => type === 'code' || (isMarkdown(type) && isInFence(now().text, now().start));

  const onKey = (event: KeyboardEvent): boolean => {
    if (event.isComposing || event.altKey) return false;
    if (event.key === 'Tab' && !event.ctrlKey && !event.metaKey && isCode()) {
      return apply(indent(now(), event.shiftKey)) || !event.shiftKey;
    }
    if (!isMarkdown(type)) return false;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.metaKey)
      return apply(continueLine(now()));
    if (event.shiftKey || !(event.ctrlKey || event.metaKey)) return false;
    if (event.key === 'b') return apply(toggleMarks(now(), '**'));
    if (event.key === 'i') return apply(toggleMarks(now(), '*'));
    // In an empty field, the key opens the palette.
    if (event.key === 'k' && now().text !== '') return apply(toLink(now()));
    return false;
  };
  /** An address pasted over selected text turns it into a link. */
  const onPaste = (pasted: string): boolean => {
    const { start, end, text } = now();
    const url = /^\S+$/.test(pasted.trim()) ? safeUrl(pasted.trim()) : undefined;
    if (!isMarkdown(type) || isCode() || start === end || url === undefined) return false;
    return safeUrl(text.slice(start, end)) === undefined && apply(toLink(now(), pasted.trim()));
  };
  return { onKey, onPaste };
}

/** Changes the text as if it had been typed, so the browser's own undo works. */
export function put(area: HTMLTextAreaElement, { from, to, insert, select }: TextEdit): void {
  area.focus();
  area.setSelectionRange(from, to);
  const isDone = document.execCommand(insert === '' ? 'delete' : 'insertText', false, insert);
  if (!isDone) {
    area.setRangeText(insert, from, to, 'end');
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  area.setSelectionRange(...select);
}
