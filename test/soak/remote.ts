import type { Fault } from '../support/git-faults.ts';
import { type GitServer, type GitServerOptions, startGitServer } from '../support/git-server.ts';
import type { Random } from '../support/random.ts';
import type { Report } from './report.ts';

const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 500 },
  { kind: 'html' },
  { kind: 'hang' },
  { kind: 'cut' },
  { kind: 'drop-before-receive' },
  { kind: 'drop-after-receive' },
  { kind: 'slow', bytesPerSecond: 4000 },
];

/** A git server whose network comes and goes. */
export class Remote {
  readonly #options: GitServerOptions;
  #server: GitServer;

  private constructor(options: GitServerOptions, server: GitServer) {
    this.#options = options;
    this.#server = server;
  }

  static async start(options: GitServerOptions): Promise<Remote> {
    const server = await startGitServer(options);
    return new Remote({ ...options, port: server.port }, server);
  }

  get server(): GitServer {
    return this.#server;
  }

  /** Lets one thing go wrong for as long as `pause` takes. */
  async flap(random: Random, report: Report, pause: () => Promise<unknown>): Promise<void> {
    if (random.next() < 1 / (FAULTS.length + 1)) {
      report.faults.add('refused');
      await this.#server.close();
      await pause();
      this.#server = await startGitServer(this.#options);
      return;
    }
    const fault = random.oneOf(FAULTS);
    report.faults.add(fault.kind === 'status' ? String(fault.status) : fault.kind);
    this.#server.fault(fault);
    await pause();
    this.#server.fault({ kind: 'none' });
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
