import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToNewest } from '../../actions/navigate.ts';
import { away } from '../../state/away.ts';
import { useStore } from '../../state/store.ts';
import type { Timeline } from '../../state/timeline.ts';

/** Within this distance, the reader counts as being at the end, in pixels. */
const NEAR = 48;
/** The minimum number of messages in the page before and after the one that the reader is at. */
const ROWS = 50;
/** How many of these may be used up before the next ones are rendered. */
const SPARE = 12;
/** The assumed height of a message that was not measured yet, in pixels. */
const GUESS = 32;
/** The space above an author's first message, as in `message.css`; in pixels. */
const GROUP_GAP = 10;
/** The name of a day stays at the top and covers what begins there. Its height in pixels. */
const DAY_NAME = 40;

type Place = 'newest' | { readonly id: string; readonly top: number };

export interface Window {
  /** The range of messages in the page, by index; `to` is exclusive. */
  readonly from: number;
  readonly to: number;
  /** The total height of messages that are not in the page. */
  readonly heightOf: (from: number, to: number) => number;
  /** Set if the reader is away from the newest message, with how many have arrived since. */
  readonly away: { readonly unseen: Timeline['missed'] } | undefined;
  readonly toNewest: () => void;
}

/**
 * Keeps only what is near the reader in the page, and keeps the reader's place while the list grows, shrinks and is
 * measured. At the end it follows new messages. Anywhere else, the first message in view stays where it is. The
 * browser's own scroll anchoring would do half of this, but not at the very top, and not in every browser.
 */
export function useWindow(scroller: RefObject<HTMLElement | null>, state: Timeline): Window {
  const { messages, newer, missed, wanted } = state;
  const place = useRef<Place>('newest');
  const lastSeen = useRef<string | undefined>(undefined);
  const heights = useRef(new Map<string, number>());
  /** The last scroll position while the reader was at the end; in pixels. */
  const end = useRef(0);
  const shown = useRef({ from: 0, to: 0, messages, newer });
  const done = useRef<Timeline['wanted'] | undefined>(undefined);
  const isAway = useStore(away, (current) => current);
  const [, renderAgain] = useState(0);

  // The wanted place determines what is rendered, so it has to be known first.
  if (done.current !== wanted) place.current = placeFor(wanted, scroller.current);
  const { from, to } = around(messages, place.current, ROWS);
  shown.current = { from, to, messages, newer };

  const heightOf = useCallback(
    (first: number, last: number) => sum(messages, heights.current, first, last),
    [messages],
  );
  const restore = useCallback(() => {
    if (!scroller.current) return;
    goTo(scroller.current, place.current);
    if (place.current === 'newest') end.current = scroller.current.scrollTop;
  }, [scroller]);
  const noteSeen = useCallback(() => {
    if (place.current === 'newest') lastSeen.current = shown.current.messages.at(-1)?.id;
  }, []);

  useLayoutEffect(() => {
    const isLed = done.current !== wanted;
    done.current = wanted;
    // Away from the end, the reader's row may have moved. At the end, growth is noticed once it is laid out.
    if (isLed || place.current !== 'newest') restore();
    if (isLed) away.dispatch(place.current !== 'newest');
    noteSeen();
  });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const note = () => {
      const { current } = shown;
      // Our own scrolling is reported later, when more may have been added below. The reader has not moved away.
      const isAtEnd = place.current === 'newest' && current.newer === 'none';
      if (isAtEnd && element.scrollTop >= end.current) return;
      place.current = placeIn(element, current.newer === 'none') ?? guess(element, current, heights.current);
      away.dispatch(place.current !== 'newest');
      noteSeen();
      const needed = around(current.messages, place.current, ROWS - SPARE);
      if (needed.from < current.from || needed.to > current.to) renderAgain((count) => count + 1);
    };
    // Reading heights is only free here, where the browser has just laid everything out.
    const observer = new ResizeObserver(() => {
      measure(element, heights.current);
      restore();
    });
    observer.observe(element);
    if (element.firstElementChild) observer.observe(element.firstElementChild);
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, [scroller, restore, noteSeen]);

  const isBehind = newer !== 'none';
  const arrived = isBehind ? 0 : countAfter(messages, lastSeen.current);
  const unseen = missed === 'many' ? missed : missed + arrived;
  return { from, to, heightOf, away: isAway || isBehind ? { unseen } : undefined, toNewest: goToNewest };
}

function placeFor(wanted: Timeline['wanted'], scroller: HTMLElement | null): Place {
  if (wanted.id === null) return 'newest';
  const top = wanted.edge === 'top' ? DAY_NAME : (scroller?.clientHeight ?? 0) / 3;
  return { id: wanted.id, top };
}

/** The messages around a place, with this many on each side. */
function around(messages: readonly Message[], place: Place, rows: number): { from: number; to: number } {
  const found = place === 'newest' ? -1 : messages.findIndex(({ id }) => id === place.id);
  const index = found === -1 ? messages.length - 1 : found;
  return { from: Math.max(0, index - rows), to: Math.min(messages.length, index + rows + 1) };
}

function sum(
  messages: readonly Message[],
  heights: ReadonlyMap<string, number>,
  first: number,
  last: number,
): number {
  let height = 0;
  for (let index = first; index < last; index += 1) {
    height += heights.get((messages[index] as Message).id) ?? GUESS;
  }
  return height;
}

/** Stores the height of each message in the page. The first one of a day includes the day's name. */
function measure(scroller: HTMLElement, heights: Map<string, number>): void {
  for (const row of rowsOf(scroller)) {
    const day = row.dataset.first === 'true' ? row.closest('section')?.querySelector('.day-name') : null;
    const above =
      ((day as HTMLElement | null)?.offsetHeight ?? 0) + (row.dataset.goesOn === 'true' ? 0 : GROUP_GAP);
    heights.set(row.dataset.message ?? '', row.offsetHeight + above);
  }
}

function goTo(scroller: HTMLElement, place: Place): void {
  if (place === 'newest') {
    scroller.scrollTop = scroller.scrollHeight;
    return;
  }
  const row = scroller.querySelector(`[data-message="${CSS.escape(place.id)}"]`);
  if (!row) return;
  const moved = topOf(row) - topOf(scroller) - place.top;
  if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
}

/** The end, or the first row in view and its distance from the top edge; `undefined` if no row is in view. */
function placeIn(scroller: HTMLElement, isEndNewest: boolean): Place | undefined {
  const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  if (isEndNewest && left <= NEAR) return 'newest';
  const rows = rowsOf(scroller);
  const top = topOf(scroller);
  const row = rows[firstBelow(rows, top)];
  const isInView = row !== undefined && topOf(row) < top + scroller.clientHeight;
  return isInView ? { id: row.dataset.message ?? '', top: topOf(row) - top } : undefined;
}

/** Estimates the place of a reader who scrolled faster than the page rendered, from known heights and guesses. */
function guess(
  scroller: HTMLElement,
  { messages }: { messages: readonly Message[] },
  heights: ReadonlyMap<string, number>,
): Place {
  let top = -scroller.scrollTop;
  for (const { id } of messages) {
    const height = heights.get(id) ?? GUESS;
    if (top + height > 0) return { id, top };
    top += height;
  }
  return 'newest';
}

/** Rows are in order, so a binary search finds the first one in view without measuring them all. */
function firstBelow(rows: readonly HTMLElement[], top: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
    else low = middle + 1;
  }
  return low;
}

const rowsOf = (scroller: HTMLElement): HTMLElement[] => [
  ...scroller.querySelectorAll<HTMLElement>('[data-message]'),
];

const topOf = (element: Element): number => element.getBoundingClientRect().top;

function countAfter(messages: readonly Message[], id: string | undefined): number {
  const index = messages.findLastIndex((message) => message.id === id);
  return index === -1 ? 0 : messages.length - 1 - index;
}
