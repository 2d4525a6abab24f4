import { spawn } from 'node:child_process';
import type { Environment } from '../environment.ts';

/** Opens an address in the person's browser. Resolves to whether there was a program for that. */
export function openInBrowser(url: string, { BROWSER }: Environment): Promise<boolean> {
  const [command = '', ...args] = BROWSER ? [BROWSER] : (OPENERS[process.platform] ?? ['xdg-open']);
  return new Promise((resolve) => {
    const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
