import type { Locator, Page } from 'playwright-core';
import { composer } from './page-parts.ts';

// The files of a message that is being written, and how they come to the page.

/** Hands files to the page as the clipboard or a drag would. */
export const give = (
  page: Page,
  how: 'paste' | 'drop',
  files: Array<{ name: string; type: string; bytes: Buffer }>,
  field = '.composer textarea',
) =>
  page.evaluate(
    `(() => {
      const data = new DataTransfer();
      for (const { name, type, text } of ${JSON.stringify(
        files.map(({ name, type, bytes }) => ({ name, type, text: bytes.toString('base64') })),
      )})
        data.items.add(new File([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], name, { type }));
      const to = document.querySelector('${field}');
      to.dispatchEvent(${how === 'paste'}
        ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    })()`,
  );

/** The row of a file in the composer. */
export const fileIn = (page: Page, name: string): Locator =>
  composer(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: `Remove ${name}` }) });
