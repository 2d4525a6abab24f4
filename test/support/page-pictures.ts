import type { Locator, Page } from 'playwright-core';
import { composer } from './page-parts.ts';

/** A picture as this browser writes it. `paint` is JavaScript that draws on `context`. */
export async function pictureIn(
  page: Page,
  type: string,
  [width, height]: readonly [number, number],
  paint = '',
): Promise<Buffer> {
  const text = await page.evaluate(
    `(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [${width}, ${height}];
      const context = canvas.getContext('2d');
      context.fillStyle = '#2a6';
      ${paint};
      return canvas.toDataURL(${JSON.stringify(type)});
    })()`,
  );
  const [kind, data = ''] = String(text).split(',');
  if (kind !== `data:${type};base64`) throw new Error(`The browser wrote ${kind}.`);
  return Buffer.from(data, 'base64');
}

/** How many frames this browser sees in a picture. */
export const framesIn = async (page: Page, type: string, bytes: Buffer): Promise<number> =>
  Number(
    await page.evaluate(
      `(async () => {
        const data = Uint8Array.from(atob('${bytes.toString('base64')}'), (one) => one.charCodeAt(0));
        const decoder = new ImageDecoder({ type: '${type}', data });
        await decoder.tracks.ready;
        return decoder.tracks.selectedTrack.frameCount;
      })()`,
    ),
  );

/** Chooses files for the message that is being written, with the types that the browser gives them. */
export const choose = (page: Page, files: Readonly<Record<string, Buffer>>, mimeType = ''): Promise<void> =>
  composer(page)
    .getByLabel('Files to add')
    .setInputFiles(Object.entries(files).map(([name, buffer]) => ({ name, mimeType, buffer })));

/** A file of the message that is being written. */
export const draftFile = (page: Page, name: string): Locator =>
  composer(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name: `Remove ${name}`, exact: true }) });
