import type { Command } from './command.ts';
import type { Connection } from './connect.ts';

/** The exit codes that shells use: 128 plus the number of the signal. */
const SIGNALLED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** How long closing may take after a signal. A server has the same limit. */
const LAST_RESORT_MS = 9000;

/**
 * Runs a command with a connection, and closes the connection afterwards. The first signal ends the command, whatever
 * it is doing: its result no longer matters, since it only says that the connection is gone. The second signal ends
 * the process at once.
 */
export function withConnection(
  connection: Connection,
  work: (connection: Connection) => ReturnType<Command>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let isInterrupted = false;
    const stops = SIGNALS.map((signal) => {
      const stop = () => {
        if (isInterrupted) process.exit(SIGNALLED[signal]);
        isInterrupted = true;
        const end = () => resolve(SIGNALLED[signal]);
        setTimeout(end, LAST_RESORT_MS).unref();
        connection.abandon().then(end, end);
      };
      process.on(signal, stop);
      return () => process.off(signal, stop);
    });
    const unlessInterrupted =
      <Value>(settle: (value: Value) => void) =>
      (value: Value) => {
        if (isInterrupted) return;
        for (const off of stops) off();
        settle(value);
      };
    finish(connection, work).then(unlessInterrupted(resolve), unlessInterrupted(reject));
  });
}

async function finish(
  connection: Connection,
  work: (connection: Connection) => ReturnType<Command>,
): Promise<number> {
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
