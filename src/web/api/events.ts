import type { EventData } from '../../contract/events.ts';
import { at } from './place.ts';

export type MessageChange = EventData<'message'>;
export type Progress = EventData<'progress'>;

export interface Handlers {
  readonly opened: (again: boolean) => void;
  readonly lost: () => void;
  readonly message: (change: MessageChange) => void;
  readonly repository: (status: EventData<'repository'>) => void;
  readonly progress: (progress: Progress) => void;
  /** Events were missed, so everything shown has to be read again. */
  readonly reset: () => void;
}

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
/** Events that arrive within this time of each other are processed together. In milliseconds. */
const TOGETHER = 100;
/** More changes than this at once, as during the first read of an archive, are not processed individually. */
const MOST_CHANGES = 50;
/** The server sends something every 15 seconds. If two in a row are missing, the connection is lost. */
const LONGEST_SILENCE = 35_000;

/** Listens to the server's events, and reconnects when the connection is lost. Returns a function that stops this. */
export function listen(handlers: Handlers): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let wait = FIRST_WAIT;
  let wasOpen = false;

  const connect = () => {
    clearTimeout(timer);
    source?.close();
    source = subscribe(handlers, heard);
    source.onopen = () => {
      heard();
      wait = FIRST_WAIT;
      handlers.opened(wasOpen);
      wasOpen = true;
    };
    source.onerror = () => {
      handlers.lost();
      // A browser reconnects on its own after a broken connection, but gives up after an answer such as 401 or 503.
      if (source?.readyState !== EventSource.CLOSED) return;
      clearTimeout(timer);
      timer = setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };
  // If a cable was unplugged or the machine was asleep, a connection ends without any error.
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      handlers.lost();
      connect();
    }, LONGEST_SILENCE);
  };
  const connectNow = () => {
    if (source?.readyState !== EventSource.OPEN) connect();
  };

  connect();
  addEventListener('online', connectNow);
  return () => {
    removeEventListener('online', connectNow);
    clearTimeout(timer);
    clearTimeout(silence);
    source?.close();
  };
}

function subscribe(handlers: Handlers, heard: () => void): EventSource {
  const source = new EventSource(at('/events'));
  const listenTo = (name: string, handle: (data: string) => void) =>
    source.addEventListener(name, (event) => {
      heard();
      handle((event as MessageEvent<string>).data);
    });
  const on = <Data>(name: string, handle: (data: Data) => void) =>
    listenTo(name, (data) => handle(JSON.parse(data) as Data));
  const take = (changes: readonly string[]) => {
    if (changes.length > MOST_CHANGES) handlers.reset();
    else for (const change of changes) handlers.message(JSON.parse(change) as MessageChange);
  };
  listenTo('message', gathered(take));
  on('repository', handlers.repository);
  on('progress', handlers.progress);
  on('reset', handlers.reset);
  on('ping', () => undefined);
  return source;
}

/** Passes on an item after a silence immediately, and items soon after it together. */
function gathered<Item>(handOn: (items: readonly Item[]) => void): (item: Item) => void {
  let items: Item[] = [];
  let isWaiting = false;
  const next = () => {
    isWaiting = items.length > 0;
    if (!isWaiting) return;
    const ready = items;
    items = [];
    setTimeout(next, TOGETHER);
    handOn(ready);
  };
  return (item) => {
    items.push(item);
    if (!isWaiting) next();
  };
}
