import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { LaunchedChild, type Send } from './child.ts';
import { type Frame, FrameReader, type Start, toFrame } from './frames.ts';
import { signalGroup } from './spawn.ts';

/** See the constructor of {@link Launcher}. */
const ANSWER_MS = 10_000;

/** Its memory is what the start of a git costs, so it must not grow with what it passes on. */
const NODE_ARGS = ['--max-semi-space-size=1'];

/** The launcher process, and the gits that it started and that are not known to have ended. */
interface Connection {
  readonly process: ChildProcess;
  readonly channel: Socket;
  readonly children: Map<number, LaunchedChild>;
  /** How many frames it has sent. */
  heard: number;
}

/**
 * Starts gits through a small process of its own. To start a process, Linux copies the page tables of the one that
 * asks for it, which stands still meanwhile: for several milliseconds if it has 250 MB of memory, and for twenty on
 * some virtual machines. The launcher needs a fraction of that, and gitpost goes on.
 *
 * If the launcher dies, its gits count as killed, and the next git starts a new launcher.
 */
export class Launcher {
  readonly #script: string;
  readonly #answerWithin: number;
  #connection: Connection | undefined;
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

  /** Starts a git. If that is not possible, the child has an `error`. */
  start(start: Start): LaunchedChild {
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
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      detached: true,
    });
    const channel = launcher.stdio?.[3] as Socket | undefined;
    if (channel === undefined) {
      launcher.on('error', () => undefined);
      throw new Error('git cannot be started: too many files are open.');
    }
    const connection: Connection = { process: launcher, channel, children: new Map(), heard: 0 };
    const reader = new FrameReader();
    channel.on('data', (chunk: Buffer) => {
      for (const frame of reader.read(chunk)) take(connection, frame);
    });
    const onGone = () => {
      if (this.#connection === connection) this.#connection = undefined;
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

/** It answers each request for a signal at once, however busy its gits are. If not, somebody has stopped it. */
function expectAnswer(connection: Connection, milliseconds: number): void {
  const { heard } = connection;
  const look = () => {
    if (connection.heard === heard) connection.process.kill('SIGKILL');
  };
  // If this program itself was held up, what arrived meanwhile is read first.
  setTimeout(() => setImmediate(look), milliseconds).unref();
}
