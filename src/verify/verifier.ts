import type { RepositoryVerification, Verification } from '../contract/verification.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { countApart } from '../git/refs.ts';
import type { Credentials } from '../git/remote.ts';
import { checkBehind, checkMirror, type MirrorSource } from './check-mirror.ts';
import { checkLocks, checkWorkTree } from './clone.ts';
import { type Examined, examine, type Subject } from './examine.ts';
import { Findings, isWrong } from './findings.ts';

export interface VerifierOptions extends MirrorSource {
  readonly subjects: () => Promise<readonly Subject[]>;
  /** Whether a gitpost is using the clones at the moment, so some things may be in progress. */
  readonly isRunning: () => Promise<boolean>;
  readonly credentials: Credentials | undefined;
}

/**
 * Checks whether mirror, clones and remotes agree, without taking a lock and without changing a byte. A request that
 * arrives while a verification is running gets the result of that one.
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #abort = new AbortController();
  #running: Promise<Result<Verification>> | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Verifies everything; `unavailable` if gitpost stops in the meantime. */
  run(): Promise<Result<Verification>> {
    this.#running ??= this.#verify()
      .then(ok, (error: unknown) => {
        if (this.#abort.signal.aborted) return ENDED;
        throw error;
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Aborts a running verification. Anyone waiting for it is refused. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running?.catch(() => undefined);
  }

  async #verify(): Promise<Verification> {
    const began = Date.now();
    const isRunning = await this.#options.isRunning();
    const examined: Examined[] = [];
    for (const subject of await this.#options.subjects()) {
      this.#abort.signal.throwIfAborted();
      examined.push(await examine(subject, isRunning, this.#options.credentials, this.#abort.signal));
    }
    const mirror = new Findings();
    const messages = await checkMirror(this.#options, examined, mirror);
    for (const one of examined) await this.#lookAgain(one, isRunning);
    const repositories = await Promise.all(examined.map(toResult));
    const all = [...repositories.flatMap(({ findings }) => findings), ...mirror.list()];
    return {
      status: isWrong(all) ? 'wrong' : 'ok',
      milliseconds: Date.now() - began,
      repositories,
      mirror: { messages, findings: mirror.list(), omitted: mirror.omitted },
    };
  }

  /** Checks again what may have been in progress the first time. */
  async #lookAgain(examined: Examined, isRunning: boolean): Promise<void> {
    const { subject, findings, branch, locks, read } = examined;
    if (!read) return;
    const { signal } = this.#abort;
    await checkWorkTree(subject.git, branch, isRunning, findings, signal);
    await checkBehind(this.#options, examined, isRunning, signal);
    await checkLocks(subject.git, locks, findings);
  }
}

async function toResult(examined: Examined): Promise<RepositoryVerification> {
  const { subject, branch, head, tracked, read, remoteHead, findings } = examined;
  const apart = await countApart(subject.git, head, tracked).catch(() => ({ ahead: 0, behind: 0 }));
  return {
    name: subject.name,
    url: subject.url,
    branch,
    head,
    remoteHead,
    messages: read?.contents.ids.size ?? 0,
    lines: read?.contents.lines.size ?? 0,
    commits: read?.history.commits ?? 0,
    ...apart,
    unpushed: read?.history.unpushed.size ?? 0,
    findings: findings.list(),
    omitted: findings.omitted,
  };
}

const ENDED = fail(
  'unavailable',
  'gitpost is stopping, so the check was not finished. Nothing was changed.',
  {
    retryAfter: 5,
  },
);
