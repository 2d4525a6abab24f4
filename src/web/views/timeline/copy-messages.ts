import { timeline } from '../../state/timeline.ts';
import { messagesAsText } from '../../text/as-text.ts';

/**
 * A selection over several messages is copied as their authors, times and source texts, without anything around them.
 */
export function copyMessages(event: ClipboardEvent): void {
  const selection = getSelection();
  if (selection === null || selection.rangeCount === 0 || event.clipboardData === null) return;
  if ((event.target as Element | null)?.closest?.('textarea, input')) return;
  const range = selection.getRangeAt(0);
  const rows = (event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('[data-message]');
  const selected = new Set(
    [...rows].filter((row) => holdsSelection(range, row)).map((row) => row.dataset.message ?? ''),
  );
  if (selected.size < 2) return;
  const messages = timeline.get().messages.filter(({ id }) => selected.has(id));
  event.clipboardData.setData('text/plain', messagesAsText(messages));
  event.preventDefault();
}

/** Whether any of a message's own text is selected. A range may end right before its first character. */
function holdsSelection(range: Range, row: HTMLElement): boolean {
  if (!range.intersectsNode(row)) return false;
  const part = range.cloneRange();
  if (!row.contains(range.startContainer)) part.setStartBefore(row);
  if (!row.contains(range.endContainer)) part.setEndAfter(row);
  return part.toString().trim() !== '';
}
