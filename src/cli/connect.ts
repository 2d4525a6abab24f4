import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Place, Reply } from '../client/exchange.ts';
import { findAddress } from '../clone/address-file.ts';
import { isHeldByAnother, isHeldForLong } from '../clone/folder-lock.ts';
import { findHome, type Home } from '../home.ts';
import { type Ask, isConnectionTrouble, reasonForNoConnection, send } from './client.ts';
import { Ending, EXIT, misused } from './ending.ts';
import { type Io, say } from './io.ts';

/** A connection to a gitpost: one that is running on the same folders, a remote one, or one in this process. */
export interface Connection {
  readonly send: (call: Ask) => Promise<Reply>;
  /** Ends what was started for it. The next request starts it again. */
  readonly close: () => Promise<void>;
  /** Closes it for good. Waits for no other process any more. */
  readonly abandon: () => Promise<void>;
}

/** The app in this process, or why it could not be opened. */
export type Opened =
  | { readonly is: 'open'; readonly connect: () => Duplex; readonly close: () => Promise<void> }
  | { readonly is: 'held' | 'refused' | 'misconfigured'; readonly reasons: readonly string[] };

/** Opens the folders in this process. It is only loaded when needed, since it is the whole server. */
export type OpenLocally = (
  environment: Io['environment'],
  directory: string,
  onTrouble: (error: unknown) => void,
  signal: AbortSignal,
) => Promise<Opened>;

/** How long to wait for another command, or for a server that is starting or stopping. */
const PATIENCE_MS = 30_000;
const POLL_MS = 100;
/** After this time, the command says what it is waiting for. */
const TELL_MS = 3000;

export async function connect(io: Io, openLocally: OpenLocally): Promise<Connection> {
  const { GITPOST_URL } = io.environment;
  if (GITPOST_URL) return elsewhere(placeOf(GITPOST_URL, io.environment.ACCESS_TOKEN || undefined));
  return here(io, openLocally);
}

function placeOf(text: string, token: string | undefined): Place {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw misused(`GITPOST_URL must be an http or https URL, not ${JSON.stringify(text)}`);
  if (url.username !== '' || url.password !== '')
    throw misused('GITPOST_URL must have no user name and no password. ACCESS_TOKEN is for the token');
  if (token !== undefined && /[\s\p{Cc}]/u.test(token))
    throw misused('ACCESS_TOKEN must hold no white space');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  // A header consists of bytes, and the server expects UTF-8.
  return { url, token: token === undefined ? undefined : Buffer.from(token).toString('latin1') };
}

function elsewhere(place: Place): Connection {
  return {
    send: async (call) => {
      try {
        return await send(place, call);
      } catch (error) {
        if (!isConnectionTrouble(error)) throw error;
        throw new Ending(
          EXIT.unreachable,
          `No gitpost can be reached at ${place.url.href}: ${reasonForNoConnection(error)}. Check GITPOST_URL, and whether it is running.`,
        );
      }
    },
    close: async () => undefined,
    abandon: async () => undefined,
  };
}

/**
 * A connection to the folders on this machine. If a server stops or starts in the meantime, the next request goes to
 * where the folders are then.
 */
function here(io: Io, openLocally: OpenLocally): Connection {
  let found: Promise<{ readonly place: Place; readonly close?: () => Promise<void> }> | undefined;
  let closing = Promise.resolve();
  const abandoned = new AbortController();
  let isFolderTold = false;
  const tellFolder = (home: Home) => {
    if (isFolderTold) return;
    isFolderTold = true;
    if (home.isPlatform) say(io, `gitpost: the folder is ${home.directory}`);
    // A file .env, or a folder named data, may belong to another program.
    if (home.isNew) say(io, `gitpost: repos/ and data/ are made in ${home.directory}`);
  };
  const find = (deadline: number) => {
    found ??= findPlace(io, openLocally, tellFolder, deadline, abandoned.signal);
    return found;
  };
  const close = () => {
    const ending = found;
    found = undefined;
    // If it is being closed already, this waits for that.
    closing = closing.then(async () => (await ending?.catch(() => undefined))?.close?.());
    return closing;
  };
  return {
    send: async (call) => {
      const deadline = Date.now() + PATIENCE_MS;
      for (let attempt = 1; ; attempt += 1) {
        const { place } = await find(deadline);
        try {
          return await send(place, call);
        } catch (error) {
          const isOver = Date.now() > deadline || call.file !== undefined || place.connect !== undefined;
          if (!isConnectionTrouble(error) || isOver) throw toEnding(error);
          // The server has just stopped. It is safe to send the request again, since every message has its id.
          found = undefined;
          await pause(POLL_MS * attempt);
        }
      }
    },
    close,
    abandon: () => {
      abandoned.abort();
      return close();
    },
  };
}

const toEnding = (error: unknown): unknown =>
  isConnectionTrouble(error)
    ? new Ending(EXIT.failed, `The connection to gitpost broke (${error.message}). Try again.`)
    : error;

async function findPlace(
  io: Io,
  openLocally: OpenLocally,
  tellFolder: (home: Home) => void,
  deadline: number,
  signal: AbortSignal,
) {
  const home = findHome(io.environment, io.directory);
  for (;;) {
    if (signal.aborted) throw new Ending(EXIT.failed, 'The command was interrupted.');
    const address = await findAddress(home.dataDirectory);
    if (address) return { place: { url: new URL(`${address.url}/`), token: address.secret } };
    if (!(await isHeldForLong(home.dataDirectory))) {
      tellFolder(home);
      const opened = await openInTurn(io, openLocally, home, signal);
      if (opened.is === 'open') {
        const { connect, close } = opened;
        return { place: { url: new URL('http://localhost/'), token: undefined, connect }, close };
      }
      if (opened.is === 'misconfigured') throw misused(opened.reasons.join('\n  '));
      if (opened.is === 'refused') throw new Ending(EXIT.failed, opened.reasons.join('\n  '));
    }
    if (Date.now() > deadline)
      throw new Ending(
        EXIT.failed,
        `Another gitpost has been working on ${home.dataDirectory} for ${PATIENCE_MS / 1000} seconds, and cannot be reached. Nothing was done; try again when it has ended.`,
      );
    await pause(POLL_MS);
  }
}

/** Opens the folders once other commands have released them. */
async function openInTurn(
  io: Io,
  openLocally: OpenLocally,
  home: Home,
  signal: AbortSignal,
): Promise<Opened> {
  // On a busy machine, opening takes as long with nobody else there.
  const tell = async () => {
    if (await isHeldByAnother(home.dataDirectory)) say(io, 'gitpost: waiting for another command to end');
  };
  const waiting = setTimeout(() => void tell(), TELL_MS);
  const onTrouble = (error: unknown) => say(io, `gitpost: ${(error as Error).message}`);
  try {
    return await openLocally(home.environment, home.directory, onTrouble, signal);
  } finally {
    clearTimeout(waiting);
  }
}
