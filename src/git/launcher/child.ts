import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Frame, FrameKind, StartFailure } from './frames.ts';

/** Sends a frame about one process to the launcher. Calls back once it is on its way. */
export type Send = (
  kind: FrameKind,
  payload?: Buffer | string,
  onSent?: (error?: Error | null) => void,
) => void;

/** Longer input is sent in parts, so it does not hold up another process for long. In bytes. */
const MOST_SENT = 64 * 1024;

interface ChildEvents {
  exit: [];
  close: [number | null];
  error: [Error];
}

/** A git process that the launcher started. To its user it is like a child process of Node. */
export class LaunchedChild extends EventEmitter<ChildEvents> {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly #send: Send;
  #pid: number | undefined;
  #isPaused = false;

  constructor(send: Send) {
    super();
    this.#send = send;
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        const last = Math.max(0, Math.ceil(chunk.length / MOST_SENT) - 1) * MOST_SENT;
        for (let at = 0; at < last; at += MOST_SENT) send('input', chunk.subarray(at, at + MOST_SENT));
        send('input', chunk.subarray(last), done);
      },
      final: (done) => send('end', '', done),
    });
    this.stdout = new Readable({
      read: () => this.#resume(),
      destroy: (error, done) => {
        // Nobody reads on, so git need not write on.
        if (!this.stdout.readableEnded) send('drop');
        done(error);
      },
    });
    this.stderr = new Readable({ read: () => undefined });
  }

  /** Known once it has started. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Signals it and the helpers it started. */
  kill(signal: NodeJS.Signals): void {
    this.#send('signal', signal);
  }

  /** Takes what the launcher reports about it. */
  take({ kind, payload }: Frame): void {
    if (kind === 'started') this.#pid = Number(payload);
    else if (kind === 'output') this.#push(payload);
    else if (kind === 'words') this.stderr.push(payload);
    else if (kind === 'exit') this.emit('exit');
    else if (kind === 'close') this.#end(payload.length === 0 ? null : Number(payload));
    else if (kind === 'failed') this.#fail(JSON.parse(payload.toString()) as StartFailure);
  }

  /** The launcher is gone, and nothing is known about the process any more: as if a signal had ended it. */
  lose(): void {
    this.emit('exit');
    this.#end(null);
  }

  #push(chunk: Buffer): void {
    if (this.stdout.destroyed || this.stdout.push(chunk) || this.#isPaused) return;
    this.#isPaused = true;
    this.#send('pause');
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#send('resume');
  }

  /** Like a child process of Node, it is closed once all its output was read, if anybody reads it. */
  #end(code: number | null): void {
    let open = 2;
    for (const stream of [this.stdout, this.stderr]) {
      const onClosed = () => {
        open -= 1;
        if (open === 0) this.emit('close', code);
      };
      if (stream.closed) onClosed();
      else stream.once('close', onClosed);
      stream.push(null);
      if (stream.readableFlowing === null) stream.resume();
    }
    this.stdin.destroy();
  }

  #fail({ message, code, syscall }: StartFailure): void {
    this.emit('error', Object.assign(new Error(message), { code, syscall }));
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.destroy();
  }
}
