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

/** Stores the page in this browser, so it opens without the server. Browsers only do that on secure origins. */
export function keepPage(): void {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return;
  let isControlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener('controllerchange', () => {
    // The first worker came with this page. A later one belongs to a different build.
    if (isControlled) update.dispatch('found');
    isControlled = true;
  });
  registration = serviceWorker
    .register(scriptUrl(), { scope: PLACE, updateViaCache: 'none' })
    .catch(() => undefined);
}

/** Checks whether the server has a new build. It was unreachable, as it is during an update. */
export function lookForUpdate(): void {
  registration?.then((found) => found?.update()).catch(() => undefined);
}

/** The policy allows only this script, so no other one can be registered in the same way. */
function scriptUrl(): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  const policy = trustedTypes?.createPolicy('gitpost', { createScriptURL: () => SCRIPT });
  return policy ? policy.createScriptURL(SCRIPT) : SCRIPT;
}
