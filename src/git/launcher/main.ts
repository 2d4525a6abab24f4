import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Socket } from 'node:net';
import { type Frame, type FrameKind, FrameReader, type Start, toFrame } from './frames.ts';
import { signalGroup, spawnGit } from './spawn.ts';

/**
 * The launcher: a small process that starts gits for gitpost, see {@link Launcher}. It ends when its connection does,
 * so it never outlives gitpost.
 */

/** Where gitpost connects to it. */
const CHANNEL = 3;

interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  /** Whether gitpost cannot take more of its output at the moment. */
  isPaused: boolean;
}

const channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
const reader = new FrameReader();
const children = new Map<number, Running>();

// A signal for the whole group or service, such as that of Ctrl-C, is gitpost's to act on: it lets its gits finish.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

channel.on('data', (chunk) => {
  for (const frame of reader.read(chunk)) take(frame);
});
channel.on('drain', () => {
  for (const { process, isPaused } of children.values()) if (!isPaused) process.stdout.resume();
});
for (const event of ['end', 'close', 'error']) channel.on(event, () => process.exit());

// Says that it runs, as a frame about no process.
report('started', 0);

function take({ kind, child, payload }: Frame): void {
  if (kind === 'start') {
    start(child, JSON.parse(payload.toString()) as Start);
    return;
  }
  // It may have ended while this was on its way.
  const running = children.get(child);
  if (kind === 'signal') {
    if (running) signalGroup(running.process.pid, payload.toString() as NodeJS.Signals);
    report('signalled', child);
    return;
  }
  if (!running) return;
  const { stdin, stdout } = running.process;
  if (kind === 'input') stdin.write(payload);
  if (kind === 'end') stdin.end();
  if (kind === 'drop') stdout.destroy();
  if (kind === 'pause') {
    running.isPaused = true;
    stdout.pause();
  }
  if (kind === 'resume') {
    running.isPaused = false;
    stdout.resume();
  }
}

function start(child: number, start: Start): void {
  try {
    const running = { process: spawnGit(start), isPaused: false };
    children.set(child, running);
    listen(child, running);
  } catch (error) {
    fail(child, error as NodeJS.ErrnoException);
  }
}

function listen(child: number, { process }: Running): void {
  if (process.pid !== undefined) report('started', child, String(process.pid));
  process.once('error', (error) => fail(child, error));
  // A git that ends early closes its input. The exit code says so; the broken pipe adds nothing.
  process.stdin.on('error', () => undefined);
  process.stdout.on('data', (chunk: Buffer) => report('output', child, chunk));
  process.stderr.on('data', (chunk: Buffer) => report('words', child, chunk));
  process.once('exit', () => report('exit', child));
  process.once('close', (code) => {
    if (!children.delete(child)) return;
    report('close', child, code === null ? '' : String(code));
  });
}

function fail(child: number, { message, code, syscall }: NodeJS.ErrnoException): void {
  children.delete(child);
  report('failed', child, JSON.stringify({ message, code, syscall }));
}

function report(kind: FrameKind, child: number, payload?: Buffer | string): void {
  if (channel.write(toFrame(kind, child, payload))) return;
  for (const { process } of children.values()) process.stdout.pause();
}
