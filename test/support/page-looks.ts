import type { Page } from 'playwright-core';

/** What sticks out to the side, in words; code and the calendar alone may scroll there. */
export function tooWide(page: Page): Promise<string[]> {
  return page.locator('html').evaluate((html) => {
    const view = html.ownerDocument.defaultView;
    const found: string[] = [];
    const width = html.clientWidth;
    if (html.scrollWidth > width) found.push(`The page is ${html.scrollWidth} wide on a screen of ${width}`);
    for (const element of html.querySelectorAll('body, body *')) {
      const style = view.getComputedStyle(element);
      const name = `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`;
      const scrolls = /auto|scroll/.test(style.overflowX) && !element.matches('pre, textarea, .calendar');
      if (scrolls && element.scrollWidth > element.clientWidth) {
        found.push(`${name} scrolls from ${element.clientWidth} to ${element.scrollWidth}`);
      }
      const box = element.getBoundingClientRect();
      const isSeen = box.width > 1 && box.height > 1 && element.checkVisibility({ visibilityProperty: true });
      const isInCode = element.closest('pre, .calendar') !== null && !element.matches('pre, .calendar');
      // What only a screen reader meets is cut to a point, whatever its words measure.
      if (element.closest('.unseen') !== null) continue;
      if (isSeen && !isInCode && style.position !== 'absolute' && (box.left < -1 || box.right > width + 1)) {
        found.push(`${name} reaches from ${Math.round(box.left)} to ${Math.round(box.right)}`);
      }
    }
    return found;
  });
}

/** What has the keyboard, as a screen reader would call it, with whether the eye can tell. */
export interface Stop {
  role: string;
  name: string;
  /** Whether the pixels around it change with the focus. */
  visible: boolean;
}

/** Presses a key until the focus has left the page, or `most` times, and answers where it stopped. */
export async function walk(page: Page, key: string, most = 90): Promise<Stop[]> {
  const stops: Stop[] = [];
  let wasNowhere = false;
  for (let n = 0; n < most; n += 1) {
    await page.keyboard.press(key);
    const focused = page.locator(':focus');
    const isNowhere =
      (await focused.count()) === 0 || (await focused.first().evaluate((one) => one.matches('body')));
    // The browser's own button in a field for a date has the focus without the field having it.
    if (isNowhere && wasNowhere) break;
    wasNowhere = isNowhere;
    if (isNowhere) continue;
    const seen = await focused.evaluate((one, step) => {
      const before = one.getAttribute('data-walked');
      one.setAttribute('data-walked', String(step));
      return before;
    }, n);
    // A field for a date has a stop for each of its parts.
    if (seen !== null && Number(seen) >= n - 2) continue;
    if (seen !== null) break;
    stops.push({ ...(await nameOf(page)), visible: await isFocusVisible(page) });
  }
  return stops;
}

async function nameOf(page: Page): Promise<{ role: string; name: string }> {
  const line = (await page.locator(':focus').ariaSnapshot()).split('\n')[0] ?? '';
  // What has no role of its own is called by its words.
  const [, role = '', name, words = ''] =
    /^- '?([a-z]+)(?: "((?:[^"\\]|\\.)*)")?[^:]*:? ?(.*)/.exec(line) ?? [];
  return { role, name: name ?? words };
}

/** Compares the surroundings of what has the focus with the same place without it. */
async function isFocusVisible(page: Page): Promise<boolean> {
  const focused = page.locator(':focus');
  const box = await focused.boundingBox();
  const view = page.viewportSize();
  if (!box || !view) return false;
  const [left, top] = [Math.max(0, box.x - 8), Math.max(0, box.y - 8)];
  const clip = {
    x: left,
    y: top,
    width: Math.min(view.width, box.x + box.width + 8) - left,
    height: Math.min(view.height, box.y + box.height + 8) - top,
  };
  if (clip.width <= 0 || clip.height <= 0) return false;
  const shot = () => page.screenshot({ clip, caret: 'hide', animations: 'disabled' });
  const withFocus = await shot();
  const handle = await focused.elementHandle();
  await handle?.evaluate((one) => one.blur());
  const without = await shot();
  await handle?.evaluate((one) => one.focus({ preventScroll: true }));
  return !withFocus.equals(without);
}
