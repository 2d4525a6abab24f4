import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';

const MOST_SESSIONS = 1000;

/**
 * The sessions that were opened with the access token, at most 1000, in memory only. Each knows the answers that are
 * being sent to it, because an event stream must not outlive the sign-out of the person reading it.
 */
export class Sessions {
  /** Keyed by the digest of the secret, so the time of a look-up reveals nothing about the secret itself. */
  readonly #answers = new Map<string, Set<ServerResponse>>();

  /**
   * Opens a session and returns its secret. It replaces the earlier sessions of the same browser, and takes over
   * their answers.
   */
  start(replaced: readonly string[] = []): string {
    const secret = randomBytes(32).toString('base64url');
    const answers = new Set<ServerResponse>();
    for (const digest of this.#known(replaced)) {
      for (const answer of this.#answers.get(digest) ?? []) this.#hold(answers, answer);
      this.#answers.delete(digest);
    }
    this.#answers.set(digestOf(secret), answers);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST_SESSIONS && oldest !== undefined) this.#end(oldest);
    return secret;
  }

  /** Whether one of these is the secret of a session. */
  has(secrets: readonly string[]): boolean {
    return this.#known(secrets).length > 0;
  }

  /** Aborts this answer if the session ends before the answer does. */
  endWithSession(secrets: readonly string[], answer: ServerResponse): void {
    const [digest] = this.#known(secrets);
    const answers = digest === undefined ? undefined : this.#answers.get(digest);
    if (answers) this.#hold(answers, answer);
  }

  /** Ends the sessions of these secrets, and immediately everything that is being sent to them. */
  end(secrets: readonly string[]): void {
    for (const digest of this.#known(secrets)) this.#end(digest);
  }

  #end(digest: string): void {
    const answers = this.#answers.get(digest);
    this.#answers.delete(digest);
    for (const answer of answers ?? []) {
      // A stream of events can end after any of them. Everything else, and data still in a buffer, is aborted: a list
      // must not look complete if it is not.
      if (isEventStream(answer) && answer.writableLength === 0) answer.end();
      else answer.destroy();
    }
  }

  #hold(answers: Set<ServerResponse>, answer: ServerResponse): void {
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  }

  #known(secrets: readonly string[]): string[] {
    return [...new Set(secrets.map(digestOf))].filter((digest) => this.#answers.has(digest));
  }
}

const isEventStream = (answer: ServerResponse): boolean =>
  String(answer.getHeader('Content-Type')).startsWith('text/event-stream');

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64');
