import type { Connection } from './connect.ts';
import type { ExitCode } from './ending.ts';
import type { Io } from './io.ts';
import type { Given } from './verb.ts';

/** The implementation of a verb. Returns the exit code. */
export type Command = (io: Io, given: Given, connection: Connection) => Promise<ExitCode>;
