import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { within } from '../../async/within.ts';
import { given } from '../../domain/given.ts';
import { LaunchedChild, type Send } from './child.ts';
import { type Frame, FrameReader, type Start, toFrame } from './frames.ts';
import { signalGroup } from './spawn.ts';

/** See the constructor of {@link Launcher}. */
const ANSWER_MS = 10_000;

const MOST_FAILURES = 3;
/** How long it may take to start. In milliseconds. */
const START_MS = 10_000;

/** Its memory is what the start of a git costs, so it must not grow with what it passes on. */
const NODE_ARGS = ['--max-semi-space-size=1'];

/** The launcher process, and the gits that it started and that are not known to have ended. */
interface Connection {
  readonly process: ChildProcess;
  readonly channel: Socket;
  readonly children: Map<number, LaunchedChild>;
  /** Resolves once it has sent its first frame, or ended without one. */
  readonly known: Promise<void>;
  /** How many frames it has sent. */
  heard: number;
}

/**
 * Starts gits through a small process of its own. To start a process, Linux copies the page tables of the one that
 * asks for it, which can do nothing else until that is done. The launcher has few of them, and gitpost keeps working.
 * docs/adr/0012 has the measurements.
 *
 * If the launcher dies, its gits count as killed, and the next git starts a new launcher. If three in a row do not even
 * start, for example because an update took their script away, gitpost starts its gits itself from then on.
 */
export class Launcher {
  readonly #script: string;
  readonly #answerWithin: number;
  #connection: Connection | undefined;
  /** How many launchers in a row ended before they said anything. */
  #failures = 0;
  #last = 0;

  /**
   * @param script the path of the built `launcher.js`
   * @param answerWithin the milliseconds after which a launcher that says nothing when a git is to be killed is
   *   replaced
   */
  constructor(script: string, answerWithin = ANSWER_MS) {
    this.#script = script;
    this.#answerWithin = answerWithin;
    // Whoever makes one needs it at once.
    this.#connection = this.#connect();
  }

  /** Resolves to whether the launcher runs, as soon as that is known: false after {@link START_MS}. */
  async works(): Promise<boolean> {
    const known = this.#connection?.known.then(() => this.#failures === 0);
    return (known && (await within(START_MS, known))) ?? false;
  }

  /** Starts a git; `undefined` if launchers do not run here. If git cannot be started, the child has an `error`. */
  start(start: Start): LaunchedChild | undefined {
    if (this.#failures >= MOST_FAILURES) return undefined;
    this.#connection ??= this.#connect();
    const connection = this.#connection;
    const { channel, children } = connection;
    this.#last = (this.#last + 1) % MOST_NUMBERS;
    const number = this.#last;
    const send: Send = (kind, payload, onSent) => {
      channel.write(toFrame(kind, number, payload), onSent);
      if (kind === 'signal') expectAnswer(connection, this.#answerWithin);
    };
    const child = new LaunchedChild(send);
    children.set(number, child);
    channel.ref();
    send('start', JSON.stringify(start));
    return child;
  }

  #connect(): Connection {
    const launcher = spawn(process.execPath, [...NODE_ARGS, this.#script], {
      // It holds no folder that may have to be unmounted, and knows no secret.
      cwd: '/',
      env: given({ LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH }),
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const channel = launcher.stdio?.[3] as Socket | undefined;
    if (channel === undefined) {
      launcher.on('error', () => undefined);
      throw new Error('git cannot be started: too many files are open.');
    }
    const known = new Promise<void>((resolve) => {
      channel.once('data', () => resolve());
      channel.once('close', () => resolve());
    });
    const connection: Connection = { process: launcher, channel, children: new Map(), known, heard: 0 };
    const reader = new FrameReader();
    channel.on('data', (chunk: Buffer) => {
      this.#failures = 0;
      for (const frame of reader.read(chunk)) take(connection, frame);
    });
    const onGone = () => {
      if (this.#connection !== connection) return;
      this.#connection = undefined;
      if (connection.heard === 0) this.#failures += 1;
      lose(connection);
    };
    channel.on('error', () => undefined);
    channel.on('close', onGone);
    launcher.on('error', onGone);
    launcher.unref();
    channel.unref();
    return connection;
  }
}

/** A launcher, where it helps: macOS and Windows have a system call that starts a process without a copy. */
export const startLauncher = (script: string): Launcher | undefined =>
  process.platform === 'linux' ? new Launcher(script) : undefined;

const MOST_NUMBERS = 2 ** 32;

function take(connection: Connection, frame: Frame): void {
  const { channel, children } = connection;
  connection.heard += 1;
  const child = children.get(frame.child);
  if (frame.kind === 'close' || frame.kind === 'failed') children.delete(frame.child);
  // Without a git, nothing keeps the program from ending.
  if (children.size === 0) channel.unref();
  child?.take(frame);
}

/** Ends what is left of a launcher and its gits. */
function lose({ process: launcher, channel, children }: Connection): void {
  launcher.kill('SIGKILL');
  channel.destroy();
  const lost = [...children.values()];
  children.clear();
  for (const child of lost) {
    signalGroup(child.pid, 'SIGKILL');
    child.lose();
  }
}

/** A launcher answers each request for a signal at once, however busy its gits are. If it does not, it is suspended. */
function expectAnswer(connection: Connection, milliseconds: number): void {
  const { heard } = connection;
  const look = () => {
    if (connection.heard === heard) connection.process.kill('SIGKILL');
  };
  // If this program itself was held up, what arrived meanwhile is read first.
  setTimeout(() => setImmediate(look), milliseconds).unref();
}
