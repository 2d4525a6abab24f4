import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { programs } from './programs.ts';
import { scratchFolder } from './scratch.ts';
import { eventually } from './wait.ts';
import { beginMarionette, beginSession, type Send } from './webdriver.ts';

/** The programs that `scripts/browsers.mjs` has found; a browser that is not installed has none. */
export interface Installed {
  readonly firefox?: string;
  readonly webkit?: { readonly driver: string; readonly screen: string };
}

export type BrowserName = keyof Installed;

declare module 'vitest' {
  interface ProvidedContext {
    browsers: Installed;
  }
}

export type Scheme = 'light' | 'dark';

/** A running browser that takes commands. */
export interface RealBrowser {
  readonly send: Send;
  end(): Promise<void>;
}

const SIZE = { width: 1280, height: 900 };
const START_LIMIT = 30_000;

/** Starts a browser with a fresh profile of its own, on a system that prefers this color scheme. */
export async function startBrowser(
  name: BrowserName,
  installed: Installed,
  scheme: Scheme,
): Promise<RealBrowser> {
  const home = await scratchFolder();
  const group = programs();
  const end = async () => {
    await group.end();
    await home.remove();
  };
  const start: Start = (program, args, more = {}) => {
    const own = { PATH: process.env.PATH, HOME: home.path, XDG_RUNTIME_DIR: home.path, LC_ALL: 'C.UTF-8' };
    return group.start(program, args, {
      env: { ...own, ...more },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
  };
  try {
    const send =
      name === 'firefox'
        ? await startFirefox(installed.firefox ?? '', scheme, home.path, start)
        : await startWebkit(installed.webkit, scheme, start);
    await send('resize', SIZE);
    return { send, end };
  } catch (error) {
    await end();
    throw error;
  }
}

type Start = (program: string, args: readonly string[], env?: Record<string, string>) => ChildProcess;

async function startFirefox(program: string, scheme: Scheme, home: string, start: Start): Promise<Send> {
  const profile = join(home, 'profile');
  await mkdir(profile);
  const preferences = {
    'marionette.port': 0,
    'ui.systemUsesDarkTheme': scheme === 'dark' ? 1 : 0,
    // A swipe on a machine without a touch screen.
    'dom.w3c_touch_events.enabled': 1,
    // Nobody listens there, so Firefox itself cannot talk to anyone; addresses of this machine need no proxy.
    'network.proxy.type': 1,
    'network.proxy.http': '127.0.0.1',
    'network.proxy.http_port': 9,
    'network.proxy.ssl': '127.0.0.1',
    'network.proxy.ssl_port': 9,
  };
  const lines = Object.entries(preferences).map(
    ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`,
  );
  await writeFile(join(profile, 'user.js'), lines.join(''));
  start(program, ['--marionette', '--headless', '--no-remote', '--profile', profile]);
  return eventually(async () => {
    const port = Number(await readFile(join(profile, 'MarionetteActivePort'), 'utf8'));
    return beginMarionette(port);
  }, START_LIMIT);
}

async function startWebkit(programs: Installed['webkit'], scheme: Scheme, start: Start): Promise<Send> {
  if (!programs) throw new Error('WebKit is not installed');
  const screen = start(programs.screen, [
    ...['-displayfd', '3', '-nolisten', 'tcp', '-screen', '0', `${SIZE.width}x${SIZE.height}x24`],
  ]);
  const [number] = (await once(screen.stdio[3] as NodeJS.ReadableStream, 'data')) as [Buffer];
  const port = await freePort();
  start(programs.driver, [`--port=${port}`], {
    DISPLAY: `:${number.toString().trim()}`,
    GTK_THEME: scheme === 'dark' ? 'Adwaita:dark' : 'Adwaita',
    GSETTINGS_BACKEND: 'memory',
    NO_AT_BRIDGE: '1',
    LIBGL_ALWAYS_SOFTWARE: '1',
  });
  return eventually(() => beginSession(`http://127.0.0.1:${port}`, {}), START_LIMIT);
}
