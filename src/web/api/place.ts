/**
 * The path of this gitpost on its host: the folder of the page's address, `/` or, behind a proxy, something like
 * `/notes/`. That way, several gitposts can share one origin, and with it everything that a browser stores for an
 * origin.
 */
export const PLACE: string = placeOf(globalThis.location?.href ?? '');

function placeOf(address: string): string {
  return URL.canParse('.', address) ? new URL('.', address).pathname : '/';
}

/** The address of a path of the API or of the page, such as `/messages`. */
export const at = (path: string): string => `${PLACE.slice(0, -1)}${path}`;

/** A name for something that a browser stores per origin (storage, locks, channels), different for each place. */
export const ownName = (name: string): string => `gitpost${PLACE === '/' ? '' : `:${PLACE}`}${name}`;
