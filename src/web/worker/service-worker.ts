// Keeps the page's own files, so that it opens without the server. No answer of the API is kept here; the page keeps the
// last messages itself, and forgets them when somebody signs out.

export type {};

declare const self: ServiceWorkerGlobalScope;
/** The paths of the page's files from the folder of this script, and a name for exactly these; the build knows both. */
declare const FILES: readonly string[];
declare const VERSION: string;

const PLACE = new URL('.', self.location.href).pathname;
const PATHS = FILES.map((file) => new URL(file, self.location.href).pathname);
/** All places of an origin share its caches, and so does whatever else is there. */
const OWN = `gitpost:${PLACE}:`;
const CACHE = OWN + VERSION;
/** How long a server may take that accepts a connection and says nothing. In milliseconds. */
const PATIENCE = 4000;

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin || !PATHS.includes(pathname)) return;
  event.respondWith(answer(request, pathname));
});

/** All files of one build or none: half of one would not run. */
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

/** The server's own file while it answers, so that a new build shows at once; else the one that was kept. */
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
