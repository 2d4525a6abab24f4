import { defineConfig } from 'vitest/config';

/** What `npm run torture` and `npm run torture:syscalls` run: too long for every day. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    include: ['test/torture/**/*.test.ts'],
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    testTimeout: 0,
    hookTimeout: 0,
    fileParallelism: false,
    disableConsoleIntercept: true,
    reporters: ['dot'],
  },
});
