// Takes the pictures and the animation of the page that the README shows, of a gitpost with made-up content: docs/images/*.webp
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';

// The browser brings no monospaced font, so the pictures use those of this machine.
process.env.GITPOST_SYSTEM_FONTS = '1';

const vitest = await startVitest('test', [], {
  root: join(dirname(fileURLToPath(import.meta.url)), '..'),
  config: false,
  watch: false,
  include: ['test/pictures/readme.pictures.ts'],
  globalSetup: ['test/support/build.ts', 'test/support/browser-setup.ts'],
  env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  testTimeout: 120_000,
  hookTimeout: 120_000,
  reporters: ['default'],
});
await vitest.close();
