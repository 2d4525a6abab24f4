import type { Advice, GithubAccount, GithubPage, GithubRepository, GithubToken } from '../contract/github.ts';
import type { GithubName, GithubTrouble } from '../domain/github.ts';
import type { Target } from '../domain/repository.ts';
import { ok } from '../domain/result.ts';
import { githubNameOf } from '../domain/target.ts';
import { readAccount } from '../github/account.ts';
import { type Asked, GithubClient } from '../github/client.ts';
import {
  type Branches,
  createRepository,
  type Found,
  isNameTaken,
  listRepositories,
  readBranches,
  readRepository,
} from '../github/repositories.ts';

export interface GithubOptions {
  readonly url: string;
  readonly apiUrl: string | undefined;
  readonly username: string | undefined;
  readonly token: () => string | undefined;
  readonly clock: () => Date;
}

/** What GitHub reports about one repository; without branches if they could not be read. */
export interface Inspected {
  readonly found: Found;
  readonly branches: Branches | undefined;
}

/** How many days before a token expires there is a warning. */
const WARNING_DAYS = 14;
const DAY_MS = 86_400_000;
const PER_PAGE = 30;
/** Typing into a search asks often. GitHub is only asked again if the list is older than this. */
const LIST_MS = 60_000;

const OFF: GithubTrouble = {
  kind: 'off',
  detail: 'GITHUB_URL is not github.com, and no GITHUB_API_URL says where its API is, so it is not used.',
  action:
    'For GitHub Enterprise set GITHUB_API_URL, such as https://github.example.org/api/v3. Everything else works without it.',
};

const NO_TOKEN: Advice = {
  detail: 'No GITHUB_TOKEN is set.',
  action:
    'Set GITHUB_TOKEN and GITHUB_USERNAME to push to GitHub by https; docs/github.md says how. Capturing, ssh and folders need no token.',
};

/** What the program asks of GitHub's API. Capturing, pushing and pulling need none of it. */
export class Github {
  readonly #options: GithubOptions;
  readonly #client: GithubClient | undefined;
  #listed:
    | {
        readonly token: string;
        readonly until: number;
        readonly found: readonly Found[];
        readonly truncated: boolean;
      }
    | undefined;

  constructor(options: GithubOptions) {
    this.#options = options;
    const { apiUrl, token } = options;
    this.#client = apiUrl === undefined ? undefined : new GithubClient({ apiUrl, token });
  }

  /** The name of a repository on GitHub; `undefined` if it is not on GitHub. */
  nameOf({ url }: Target): GithubName | undefined {
    return githubNameOf(url, this.#options.url);
  }

  urlOf = ({ fullName }: Pick<Found, 'fullName'>): string => `${this.#options.url}/${fullName}.git`;

  /**
   * The account that the token belongs to, with what is wrong with the token. Never fails: `state` says why the
   * account is unknown.
   */
  async account(): Promise<GithubAccount> {
    const { url, apiUrl = null } = this.#options;
    const nobody = { url, apiUrl, login: null, token: null, warnings: [] };
    if (!this.#client) return { ...nobody, state: 'off', error: adviceOf(OFF) };
    if (this.#options.token() === undefined) return { ...nobody, state: 'no-token', error: NO_TOKEN };
    const account = await readAccount(this.#client);
    if (!account.ok) return { ...nobody, state: account.failure.kind, error: adviceOf(account.failure) };
    const { login, token } = account.value;
    return { url, apiUrl, state: 'ok', login, token, warnings: this.#warnings(login, token), error: null };
  }

  /**
   * The repositories to choose from, most recently pushed first.
   *
   * @param text words that must all be in the name or the description
   * @param targets the repositories that gitpost already has
   */
  async repositories(text: string, page: number, targets: readonly Target[]): Promise<Asked<GithubPage>> {
    const listed = await this.#list();
    if (!listed.ok) return listed;
    const words = text.toLowerCase().split(/\s+/);
    const matching = listed.value.found.filter(({ fullName, description }) => {
      const searched = `${fullName} ${description ?? ''}`.toLowerCase();
      return words.every((word) => searched.includes(word));
    });
    const start = (page - 1) * PER_PAGE;
    const names = new Map(targets.map((target) => [this.#key(target), target.name]));
    const repositories = matching.slice(start, start + PER_PAGE).map((found) => ({
      ...toRepository(found, this.urlOf(found)),
      repository: names.get(found.fullName.toLowerCase()) ?? null,
    }));
    const next = start + PER_PAGE < matching.length ? page + 1 : null;
    return ok({ repositories, page, next, total: matching.length, truncated: listed.value.truncated });
  }

  /** Reads a repository's details, and changes nothing. */
  async inspect(name: GithubName): Promise<Asked<Inspected>> {
    if (!this.#client) return { ok: false, failure: OFF };
    const found = await readRepository(this.#client, name);
    if (!found.ok) return found;
    // Protected branches are useful to know about. If they cannot be read, that is no reason to stop.
    const branches = await readBranches(this.#client, name);
    return ok({ found: found.value, branches: branches.ok ? branches.value : undefined });
  }

  /** Creates an empty repository; `taken` if there already is one of that name. */
  async create(name: GithubName, isPrivate: boolean): Promise<Asked<Found | 'taken'>> {
    if (!this.#client) return { ok: false, failure: OFF };
    const account = await readAccount(this.#client);
    if (!account.ok) return account;
    const isOwn = account.value.login.toLowerCase() === name.owner.toLowerCase();
    const created = await createRepository(this.#client, name, { private: isPrivate, isOwn });
    this.#listed = undefined;
    return !created.ok && isNameTaken(created.failure) ? ok('taken') : created;
  }

  async #list() {
    if (!this.#client) return { ok: false as const, failure: OFF };
    const token = this.#options.token();
    if (token === undefined) {
      return { ok: false as const, failure: { ...NO_TOKEN, kind: 'unauthorized' as const } };
    }
    const now = this.#options.clock().getTime();
    if (this.#listed?.token === token && now < this.#listed.until) return ok(this.#listed);
    const listed = await listRepositories(this.#client);
    if (listed.ok) this.#listed = { ...listed.value, token, until: now + LIST_MS };
    return listed;
  }

  #key(target: Target): string | undefined {
    const name = this.nameOf(target);
    return name && `${name.owner}/${name.name}`.toLowerCase();
  }

  #warnings(login: string, { kind, scopes, expiresAt }: GithubToken): Advice[] {
    const { username } = this.#options;
    const warnings: Advice[] = [];
    if (expiresAt !== null) {
      const days = Math.floor((Date.parse(expiresAt) - this.#options.clock().getTime()) / DAY_MS);
      if (days < WARNING_DAYS) {
        const left = days < 1 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
        warnings.push({
          detail: `The token ends in ${left}, on ${expiresAt.slice(0, 10)}. After that nothing can be pushed, but capturing still works.`,
          action: 'Make a new one on GitHub and put it into .env. No restart is needed.',
        });
      }
    }
    if (username !== undefined && login.toLowerCase() !== username.toLowerCase()) {
      warnings.push({
        detail: `The token belongs to ${login}, but GITHUB_USERNAME says ${username}.`,
        action: `Set GITHUB_USERNAME=${login} and start again, or use a token of ${username}.`,
      });
    }
    if (kind === 'classic' && scopes !== null && !scopes.includes('repo')) {
      warnings.push({
        detail: scopes.includes('public_repo')
          ? 'The token may write to public repositories only: it lacks the scope "repo".'
          : 'The token may write to no repository: it lacks the scope "repo".',
        action:
          'Better than that scope: a fine-grained token with "Contents: read and write" on the repositories that you choose.',
      });
    }
    return warnings;
  }
}

const adviceOf = ({ detail, action }: GithubTrouble): Advice => ({ detail, action });

const toRepository = (found: Found, url: string): GithubRepository => ({ ...found, url });
