import { say, show } from '../state/notices.ts';

/** Copies a text to the clipboard, and reports whether that worked. */
export async function copy(text: string): Promise<boolean> {
  const isCopied = (await byClipboard(text)) || bySelection(text);
  if (isCopied) say('Copied');
  else show('bad', 'The browser did not allow copying. Select the text and copy it yourself.');
  return isCopied;
}

async function byClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** On a page loaded over plain HTTP from another machine, the only way to the clipboard is a selection. */
function bySelection(text: string): boolean {
  const focused = document.activeElement as HTMLElement | null;
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  focused?.focus({ preventScroll: true });
  return isCopied;
}
