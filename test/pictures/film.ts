import type { Page } from 'playwright-core';
import { animated, type Frame } from './animated-webp.ts';

/** Takes pictures of a page with a terminal below it, for an animation. */
export interface Film {
  /** Takes a picture of how both are now. */
  take(duration: number): Promise<void>;
  /** Writes lines into the terminal. */
  print(...lines: readonly string[]): void;
  end(plays: number): Promise<Buffer>;
}

const TERMINAL_HEIGHT = 150;
const MOST_LINES = 6;

export async function filmOf(page: Page): Promise<Film> {
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  const terminal = await page.context().newPage();
  await terminal.setViewportSize({ width, height: TERMINAL_HEIGHT });
  await page.bringToFront();
  const shown: string[] = [];
  const pictures: { readonly page: string; readonly terminal: string; readonly duration: number }[] = [];
  return {
    async take(duration) {
      const lines = shown
        .slice(-MOST_LINES)
        .map((line) => line.replace(/[&<>]/g, (one) => `&#${one.charCodeAt(0)};`));
      await terminal.setContent(
        `<body style="margin:0;padding:10px 16px;background:#1c1c1a;color:#e6e6e0;font:14px/21px monospace;white-space:pre">${lines.join('\n')}</body>`,
      );
      const options = { animations: 'disabled', caret: 'hide' } as const;
      const [above, below] = await Promise.all([page.screenshot(options), terminal.screenshot(options)]);
      pictures.push({ page: above.toString('base64'), terminal: below.toString('base64'), duration });
    },
    print: (...lines) => void shown.push(...lines),
    async end(plays) {
      const size = { width, height: height + TERMINAL_HEIGHT };
      const blank = await page.context().newPage();
      const made = await blank.evaluate<(Omit<Frame, 'webp'> & { webp: string })[]>(
        `(${DIFFERENCES})(${JSON.stringify(pictures)}, ${JSON.stringify({ ...size, above: height })})`,
      );
      await Promise.all([blank.close(), terminal.close()]);
      const frames = made.map((frame) => ({ ...frame, webp: Buffer.from(frame.webp, 'base64') }));
      return animated(size, frames, plays);
    },
  };
}

/** Runs in the browser: cuts out of each picture what differs from the one before. */
const DIFFERENCES = `async (pictures, { width, height, above }) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  const bitmapOf = async (png) => createImageBitmap(await (await fetch('data:image/png;base64,' + png)).blob());
  const frames = [];
  let before;
  for (const { page, terminal, duration } of pictures) {
    context.drawImage(await bitmapOf(page), 0, 0);
    context.drawImage(await bitmapOf(terminal), 0, above);
    const now = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
    let [left, top, right, bottom] = before ? [width, height, 0, 0] : [0, 0, width, height];
    for (let at = 0; before && at < now.length; at += 1) {
      if (now[at] === before[at]) continue;
      const [x, y] = [at % width, Math.floor(at / width)];
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
    before = now;
    if (right <= left) {
      frames.at(-1).duration += duration;
      continue;
    }
    [left, top] = [left - (left % 2), top - (top % 2)];
    const part = new OffscreenCanvas(right - left, bottom - top);
    part.getContext('2d', { alpha: false }).drawImage(canvas, -left, -top);
    const blob = await part.convertToBlob({ type: 'image/webp', quality: 0.8 });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const webp = btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
    frames.push({ x: left, y: top, width: part.width, height: part.height, duration, webp });
  }
  return frames;
}`;
