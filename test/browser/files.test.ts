import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pngOf, upload } from '../support/files.ts';
import { openPage, sharedBrowser, soon } from '../support/page.ts';
import { troubles } from '../support/page-axe.ts';
import { article } from '../support/page-parts.ts';
import { sharedScene } from '../support/page-scene.ts';

const browser = sharedBrowser();
const scene = sharedScene();

test('pictures, players and chips are shown, and a picture opens in the viewer', async () => {
  const { url, api } = scene();
  const files = [
    await upload(api, pngOf(1200, 600, [40, 110, 160]), 'lake.png'),
    await upload(api, pngOf(60, 90, [160, 90, 40]), 'small.png'),
    await upload(api, Buffer.from('%PDF-1.7\nhello'), 'harmless\u202Efdp.exe.pdf'),
    await upload(api, Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1'), 'song.mp3'),
  ];
  await api.create({ text: 'A day at the lake', attachments: files.map(({ sha256 }) => ({ sha256 })) });
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openPage(browser(), url, { colorScheme });
    const shown = article(page, 'A day at the lake');
    const lake = shown.getByRole('img', { name: 'lake.png' });
    await soon(() => lake.evaluate((one) => (one as unknown as { naturalWidth: number }).naturalWidth)).toBe(
      1200,
    );
    // The size is in the markup, so nothing moves when the picture arrives.
    expect([await lake.getAttribute('width'), await lake.getAttribute('height')]).toEqual(['480', '240']);
    const small = shown.getByRole('img', { name: 'small.png' });
    expect([await small.getAttribute('width'), await small.getAttribute('height')]).toEqual(['60', '90']);
    const chip = shown.getByRole('link', { name: /harmlessfdp\.exe\.pdf.*PDF, 14 bytes/ });
    expect(await chip.getAttribute('download')).toBe('harmlessfdp.exe.pdf');
    await shown.getByLabel('song.mp3').waitFor();
    expect(await troubles(page)).toEqual([]);
    await page.screenshot({ path: join('test/screenshots', `files-${colorScheme}.png`) });

    await shown.getByRole('button', { name: 'View lake.png' }).click();
    const viewer = page.getByRole('dialog', { name: 'lake.png' });
    await viewer.getByText('1200 × 600').waitFor();
    expect(await troubles(page)).toEqual([]);
    await page.screenshot({ path: join('test/screenshots', `viewer-${colorScheme}.png`) });
    await page.keyboard.press('ArrowRight');
    await page.getByRole('dialog', { name: 'small.png' }).waitFor();
    await page.keyboard.press('+');
    await page.getByRole('button', { name: 'Fit to the window' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await viewer.getByRole('link', { name: 'Download' }).waitFor();
    await page.keyboard.press('Escape');
    await viewer.waitFor({ state: 'detached' });
  }
});
