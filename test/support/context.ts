import type { GitContext } from '../../src/git/run.ts';
import { gitEnvironment as environmentOf, GIT_SETTINGS } from '../../src/git/settings.ts';
import { gitEnvironment } from './git.ts';
import { launcher } from './launcher.ts';

/** How the program runs git, in an environment that is the same on every machine. */
export const contextWithout = (): Omit<GitContext, 'directory'> => ({
  environment: environmentOf(gitEnvironment()),
  settings: GIT_SETTINGS,
  launcher,
});

export const contextOf = (directory: string): GitContext => ({ ...contextWithout(), directory });
