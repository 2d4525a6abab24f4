import { reasonOf } from '../domain/file-trouble.ts';
import { isConnectionTrouble } from './client.ts';
import type { Command } from './command.ts';
import { connect, type OpenLocally } from './connect.ts';
import { Ending, EXIT, misused } from './ending.ts';
import { helpOf, helpOfAll } from './help.ts';
import { type Io, OutputClosed, print, say } from './io.ts';
import { parseVerb } from './parse.ts';
import { printable, styleFor } from './style.ts';
import type { Given, Verb } from './verb.ts';
import { findVerb, VERBS } from './verbs.ts';
import { withConnection } from './with-connection.ts';

/** What the command needs from the rest of gitpost. It is only loaded when used. */
export interface Ports {
  readonly version: () => string;
  readonly openLocally: OpenLocally;
  /** Checks the folders and prints a report. */
  readonly verify: (io: Io) => Promise<number>;
  /** Runs the app. Resolves to `undefined` when it is up and the process has to stay, otherwise to the exit code. */
  readonly serve: (io: Io, given: Given) => Promise<number | undefined>;
}

/** The verbs that send requests to a gitpost. Only the one that is used is loaded. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  add: async () => (await import('./verbs/add.ts')).add,
  list: async () => (await import('./verbs/list.ts')).list,
  search: async () => (await import('./verbs/list.ts')).search,
  show: async () => (await import('./verbs/show.ts')).show,
  edit: async () => (await import('./verbs/edit.ts')).edit,
  done: async () => (await import('./verbs/edit.ts')).done,
  rm: async () => (await import('./verbs/edit.ts')).rm,
  push: async () => (await import('./verbs/sync.ts')).push,
  pull: async () => (await import('./verbs/sync.ts')).pull,
  status: async () => (await import('./verbs/status.ts')).status,
  import: async () => (await import('./verbs/import.ts')).importFile,
  export: async () => (await import('./verbs/export.ts')).exportMessages,
  verify: async () => (await import('./verbs/verify.ts')).verify,
};

/** Runs the command with these arguments. Resolves to the exit code, or to `undefined` if the process has to stay. */
export async function run(argv: readonly string[], io: Io, ports: Ports): Promise<number | undefined> {
  try {
    return await dispatch(argv, io, ports);
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT.done;
    const style = styleFor(io.stderr, io);
    const { code, message } = error instanceof Ending ? error : surprise(error as Error);
    say(io, `${style.bad('gitpost:')} ${printable(message)}`);
    return code;
  }
}

/** An unexpected error. The stack is for a bug report. */
const surprise = (error: Error) => ({ code: EXIT.failed, message: wordsOf(error) });

function wordsOf(error: Error): string {
  if (isConnectionTrouble(error))
    return `The connection to gitpost broke in the middle (${error.message}). Try again.`;
  const { path, syscall } = error as NodeJS.ErrnoException;
  if (path !== undefined && syscall?.startsWith('spawn') !== true)
    return `${path} cannot be used: ${reasonOf(error)}. Nothing more was done.`;
  return `This should not have happened. Please report it:\n${error.stack ?? error.message}`;
}

async function dispatch(argv: readonly string[], io: Io, ports: Ports): Promise<number | undefined> {
  const [first, ...rest] = argv;
  if (first === '--version' || first === '-v') return printed(io, `${ports.version()}\n`);
  if (first === '--help' || first === '-h') return printed(io, helpOfAll());
  if (first === 'help') return printed(io, rest[0] === undefined ? helpOfAll() : helpOf(verbOf(rest[0])));
  if (first === undefined || first === '--open') return ports.serve(io, parseVerb(verbOf('serve'), argv));
  const verb = verbOf(first);
  if (rest.includes('--version') && !rest.includes('--')) return printed(io, `${ports.version()}\n`);
  const given = parseVerb(verb, rest);
  if (given.values.help === true) return printed(io, helpOf(verb));
  if (verb.name === 'serve') return ports.serve(io, given);
  if (verb.name === 'verify' && !io.environment.GITPOST_URL) return ports.verify(io);
  if (verb.name === 'completion')
    return printed(io, (await import('./completion.ts')).completionFor(given.args[0] ?? ''));
  const command =
    verb.name === 'mcp'
      ? (await import('./verbs/mcp.ts')).mcp(ports.version())
      : ((await COMMANDS[verb.name]?.()) as Command);
  return withConnection(await connect(io, ports.openLocally), (connection) => command(io, given, connection));
}

async function printed(io: Io, text: string): Promise<number> {
  await print(io, text);
  return EXIT.done;
}

function verbOf(name: string): Verb {
  const verb = findVerb(name);
  if (verb) return verb;
  if (name.startsWith('-')) throw misused(`There is no option ${name}. gitpost --help lists what there is`);
  const near = VERBS.find((one) => one.name.startsWith(name) || name.startsWith(one.name));
  throw misused(
    `There is no verb ${JSON.stringify(name)}. ${near ? `Did you mean ${near.name}? ` : ''}gitpost --help lists all; gitpost add writes a message`,
  );
}
