import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToNewest } from '../../actions/navigate.ts';
import { away } from '../../state/away.ts';
import { useStore } from '../../state/store.ts';
import type { Timeline } from '../../state/timeline.ts';

/** Close enough to the end to count as being there, in pixels. */
const NEAR = 48;
/** How many messages stand in the page before and after the one that the reader is at, at least. */
const ROWS = 50;
/** So many of them may be used up before the next ones are brought in. */
const SPARE = 12;
/** The height of a message that was not seen yet, in pixels. */
const GUESS = 32;
/** The space above the first message of an author, as `message.css` has it; in pixels. */
const GROUP_GAP = 10;
/** The name of a day stays at the top, over what begins there; its height in pixels. */
const DAY_NAME = 40;

type Place = 'newest' | { readonly id: string; readonly top: number };

export interface Window {
  /** The messages that stand in the page: from one to before another, by their index. */
  readonly from: number;
  readonly to: number;
  /** How high messages that are not in the page are together. */
  readonly heightOf: (from: number, to: number) => number;
  /** Whether the reader is away from the newest message, and how many have come since. */
  readonly away: { readonly unseen: Timeline['missed'] } | undefined;
  readonly toNewest: () => void;
}

/**
 * Keeps in the page only what is near the reader, and keeps the reader's place while the list grows, shrinks and is
 * measured: at the end it follows what arrives, and anywhere else the first message in view stays where it is.
 * Browsers' own scroll anchoring would do half of it, not at the very top, and not in each browser.
 */
export function useWindow(scroller: RefObject<HTMLElement | null>, state: Timeline): Window {
  const { messages, newer, missed, wanted } = state;
  const place = useRef<Place>('newest');
  const lastSeen = useRef<string | undefined>(undefined);
  const heights = useRef(new Map<string, number>());
  /** Where it was scrolled to last while the reader was at the end; in pixels. */
  const end = useRef(0);
  const shown = useRef({ from: 0, to: 0, messages, newer });
  const done = useRef<Timeline['wanted'] | undefined>(undefined);
  const isAway = useStore(away, (current) => current);
  const [, renderAgain] = useState(0);

  // What is wanted decides what is rendered, so that it has to be known before.
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
    // Elsewhere the reader's row may have moved; at the end, what has grown is noticed once it is laid out.
    if (isLed || place.current !== 'newest') restore();
    if (isLed) away.dispatch(place.current !== 'newest');
    noteSeen();
  });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const note = () => {
      const { current } = shown;
      // A scroll of our own is told of later, when more may have come below it: nobody has gone away.
      const isAtEnd = place.current === 'newest' && current.newer === 'none';
      if (isAtEnd && element.scrollTop >= end.current) return;
      place.current = placeIn(element, current.newer === 'none') ?? guess(element, current, heights.current);
      away.dispatch(place.current !== 'newest');
      noteSeen();
      const needed = around(current.messages, place.current, ROWS - SPARE);
      if (needed.from < current.from || needed.to > current.to) renderAgain((count) => count + 1);
    };
    // Only here, where the browser has just laid everything out, does it cost nothing to ask for heights.
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

/** Which messages stand around a place, so many to each side. */
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

/** Remembers how high each message in the page is, with the name of the day where it is the first one of it. */
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

/** The end, or the first row in view and how far below the edge it begins; nothing where no row is in view. */
function placeIn(scroller: HTMLElement, isEndNewest: boolean): Place | undefined {
  const left = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  if (isEndNewest && left <= NEAR) return 'newest';
  const rows = rowsOf(scroller);
  const top = topOf(scroller);
  const row = rows[firstBelow(rows, top)];
  const isInView = row !== undefined && topOf(row) < top + scroller.clientHeight;
  return isInView ? { id: row.dataset.message ?? '', top: topOf(row) - top } : undefined;
}

/** Where the reader is who was faster than the page: by the heights that are known, and guesses for the rest. */
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

/** Rows stand in order, so that halving finds the first one in view without measuring them all. */
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
