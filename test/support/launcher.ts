import { join } from 'node:path';
import { Launcher } from '../../src/git/launcher/launcher.ts';

/** Starts the gits of the tests of one worker, which grows with each of its files. */
export const launcher = new Launcher(join(import.meta.dirname, '../../dist/launcher.js'));
