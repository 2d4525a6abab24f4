import { at, PLACE } from '../api/place.ts';
import { update } from '../state/update.ts';

const SCRIPT = at('/service-worker.js');

interface TrustedTypes {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: () => string },
  ) => { readonly createScriptURL: (url: string) => string };
}

let registration: Promise<ServiceWorkerRegistration | undefined> | undefined;

/** Keeps the page in this browser, so that it opens without the server. Browsers do that on safe origins only. */
export function keepPage(): void {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return;
  let isControlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    // The first one came with this page; a later one with a build that this page is not of.
    if (isControlled) update.dispatch('found');
    isControlled = true;
  });
  registration = serviceWorker
    .register(scriptUrl(), { scope: PLACE, updateViaCache: 'none' })
    .catch(() => undefined);
}

/** Asks whether the server has a new build: it was away, and that is what happens at an update. */
export function lookForUpdate(): void {
  registration?.then((found) => found?.update()).catch(() => undefined);
}

/** The policy lets through this one script, so that no other can be registered by the same way. */
function scriptUrl(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('gitpost', { createScriptURL: () => SCRIPT });
  return policy ? policy.createScriptURL(SCRIPT) : SCRIPT;
}
