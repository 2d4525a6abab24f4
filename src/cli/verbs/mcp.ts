import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from '../../client/exchange.ts';
import type { Command } from '../command.ts';
import type { Connection } from '../connect.ts';
import { EXIT } from '../ending.ts';
import { say } from '../io.ts';
import { isSet } from '../verb.ts';

/**
 * How long the folders stay open after a call if no gitpost is running there. Other commands may be waiting for them.
 */
const IDLE_MS = 1000;
/** If an agent keeps calling, the folders are still released after this time. */
const LONGEST_MS = 2000;
const PAUSE_MS = 400;

/** @param version the version of gitpost */
export const mcp =
  (version: string): Command =>
  async (io, given, connection) => {
    const [{ apiOf }, { serveAgent }] = await Promise.all([
      import('../../mcp/api.ts'),
      import('../../mcp/stdio.ts'),
    ]);
    const api = apiOf(lettingGo(connection));
    const options = { version, canDelete: isSet(given, 'allow-delete') };
    await serveAgent(api, options, (error) => say(io, `gitpost: ${error.message}`));
    return EXIT.done;
  };

/** Sends calls, and closes the connection once there was none for a while. */
function lettingGo({ send, close }: Connection) {
  let timer: NodeJS.Timeout | undefined;
  let underWay = 0;
  let closing: Promise<void> | undefined;
  let openSince: number | undefined;
  return async (call: Call) => {
    clearTimeout(timer);
    underWay += 1;
    await closing;
    openSince ??= Date.now();
    const finish = () => {
      underWay -= 1;
      if (underWay > 0) return;
      const isLong = openSince !== undefined && Date.now() - openSince > LONGEST_MS;
      timer = setTimeout(
        () => {
          openSince = undefined;
          // During this pause, other commands that wait for the folders check them several times.
          closing = close().then(() => (isLong ? pause(PAUSE_MS) : undefined));
        },
        isLong ? 0 : IDLE_MS,
      );
    };
    try {
      const reply = await send({ ...call, accepts: 'any' });
      reply.body.once('close', finish);
      return reply;
    } catch (error) {
      finish();
      throw error;
    }
  };
}
