import type { Draft } from '../contract/message.ts';
import type { Result } from '../domain/result.ts';
import type { Intents } from './intents.ts';
import type { RepositoryManager } from './repositories.ts';
import { unknownRepository } from './unknown-repository.ts';

export interface DestinationsOptions {
  readonly repositories: RepositoryManager;
  readonly intents: Intents;
  /** Where messages go that name no repository. */
  readonly defaultTarget: 'primary' | 'all';
}

/** Decides to which repositories a message goes. */
export class Destinations {
  readonly #options: DestinationsOptions;

  constructor(options: DestinationsOptions) {
    this.#options = options;
  }

  /** `unknown-repository` if a message asks for one that there is not; `undefined` if all is well. */
  refuse(asked: Draft['repositories']): Result<never> | undefined {
    const { repositories } = this.#options;
    if (asked === undefined || asked === 'all') return undefined;
    const unknown = asked.filter((name) => !repositories.find(name));
    return unknown.length === 0 ? undefined : unknownRepository(unknown, repositories);
  }

  /**
   * The repositories that a message asks for, or that an earlier attempt to send it asked for and that still exist;
   * `undefined` if there are none.
   */
  asked(id: string, asked: Draft['repositories']): readonly string[] | undefined {
    const { repositories, intents } = this.#options;
    if (asked === 'all') return repositories.names();
    if (asked !== undefined) return [...new Set(asked)];
    const intended = intents.of(id)?.filter((name) => repositories.find(name));
    return intended?.length === 0 ? undefined : intended;
  }

  /** The repositories of a message that asks for none. */
  usual(): readonly string[] {
    const { repositories, defaultTarget } = this.#options;
    return defaultTarget === 'all' ? repositories.names() : [repositories.primary];
  }
}
