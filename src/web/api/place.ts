/**
 * Where this gitpost is on its host: the folder of the page's address, `/` or, behind a proxy, one such as `/notes/`.
 * Several gitposts can share one origin that way, and with it everything that a browser keeps for an origin.
 */
export const PLACE: string = placeOf(globalThis.location?.href ?? '');

function placeOf(address: string): string {
  return URL.canParse('.', address) ? new URL('.', address).pathname : '/';
}

/** The address of a path of the API or of the page, such as `/messages`. */
export const at = (path: string): string => `${PLACE.slice(0, -1)}${path}`;

/** A name for what a browser keeps for an origin (storage, locks, channels), apart for each place. */
export const ownName = (name: string): string => `gitpost${PLACE === '/' ? '' : `:${PLACE}`}${name}`;
