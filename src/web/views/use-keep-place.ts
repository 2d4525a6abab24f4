import type { RefObject } from 'preact';
import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../domain/message.ts';

/** Close enough to the end to count as being there, in pixels. */
const NEAR = 48;

type Place = 'newest' | { readonly element: Element; readonly top: number };

export interface Away {
  /** How many messages have arrived at the end since the reader left it. */
  readonly unseen: number;
}

/**
 * Keeps the reader's place in a list that grows at both ends: at the end it follows what arrives, and
 * anywhere else the first message in view stays where it is. Browsers' own scroll anchoring would do
 * half of it, not at the very top, and not in each browser.
 */
export function useKeepPlace(scroller: RefObject<HTMLElement | null>, messages: readonly Message[]) {
  const place = useRef<Place>('newest');
  const lastSeen = useRef<string | undefined>(undefined);
  const newest = useRef<string | undefined>(undefined);
  newest.current = messages.at(-1)?.id;
  const [isAway, setAway] = useState(false);
  const restore = useCallback(() => scroller.current && goTo(scroller.current, place.current), [scroller]);

  const toNewest = useCallback(() => {
    place.current = 'newest';
    lastSeen.current = newest.current;
    setAway(false);
    restore();
  }, [restore]);

  useLayoutEffect(() => {
    restore();
    if (place.current === 'newest') lastSeen.current = newest.current;
  }, [messages, restore]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const note = () => {
      place.current = placeIn(element);
      setAway(place.current !== 'newest');
      if (place.current === 'newest') lastSeen.current = newest.current;
    };
    const observer = new ResizeObserver(restore);
    observer.observe(element);
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', note);
    };
  }, [scroller, restore]);

  const away: Away | undefined = isAway ? { unseen: countAfter(messages, lastSeen.current) } : undefined;
  return { away, toNewest };
}

function goTo(scroller: HTMLElement, place: Place): void {
  if (place === 'newest') {
    scroller.scrollTop = scroller.scrollHeight;
    return;
  }
  if (!place.element.isConnected) return;
  const moved = place.element.getBoundingClientRect().top - place.top;
  if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
}

function placeIn(scroller: HTMLElement): Place {
  if (scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop <= NEAR) return 'newest';
  const rows = scroller.querySelectorAll('[data-message]');
  const top = scroller.getBoundingClientRect().top;
  const element = rows[firstBelow(rows, top)];
  return element ? { element, top: element.getBoundingClientRect().top } : 'newest';
}

/** Rows stand in order, so that halving finds the first one in view without measuring them all. */
function firstBelow(rows: NodeListOf<Element>, top: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.getBoundingClientRect().bottom ?? 0) > top) high = middle;
    else low = middle + 1;
  }
  return low;
}

function countAfter(messages: readonly Message[], id: string | undefined): number {
  const index = messages.findLastIndex((message) => message.id === id);
  return index === -1 ? 0 : messages.length - 1 - index;
}
