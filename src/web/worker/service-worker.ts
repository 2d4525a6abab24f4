// Stores the page's own files, so it opens without the server. API answers are not stored here: the page itself
// stores the last messages, and deletes them at sign-out.

export type {};

declare const self: ServiceWorkerGlobalScope;
/**
 * The paths of the page's files, relative to the folder of this script, and a name for exactly these files. The build
 * inserts both.
 */
declare const FILES: readonly string[];
declare const VERSION: string;

const PLACE = new URL('.', self.location.href).pathname;
const PATHS = FILES.map((file) => new URL(file, self.location.href).pathname);
/** All places of an origin share its caches with anything else on that origin. */
const OWN = `gitpost:${PLACE}:`;
const CACHE = OWN + VERSION;
/** How long to wait for a server that accepts a connection but sends nothing. In milliseconds. */
const PATIENCE = 4000;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || !PATHS.includes(pathname)) return;
  event.respondWith(answer(request, pathname));
});

/** Stores all files of a build or none: half of one would not run. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(PATHS.map((path) => new Request(path, { cache: 'no-cache' })));
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(OWN) && name !== CACHE).map((name) => caches.delete(name)),
  );
  await self.clients.claim();
}

/** The server's own file if it answers, so a new build is used immediately; otherwise the stored one. */
async function answer(request: Request, path: string): Promise<Response> {
  const cached = () => caches.match(path, { cacheName: CACHE });
  const response = await within(PATIENCE, fetch(request)).catch(() => undefined);
  if (response?.ok) return response;
  return (await cached()) ?? response ?? Response.error();
}

function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('No answer in time')), milliseconds);
  });
  return Promise.race([work, late]);
}
