import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/support/build.ts'],
    // Limits are for what hangs: none of them says how fast a machine must be.
    // Most tests wait for git or a browser part of the time: on two cores, four workers take four fifths of the time
    // that two take, and six are no faster.
    maxWorkers: 4,
    // The files of a worker share its modules: to load them anew for each file took a tenth of the time.
    isolate: false,
    // The more memory a worker has, the longer it takes to start a process, so workers give memory back early.
    execArgv: ['--heap-growing-percent=50', '--max-semi-space-size=4'],
    // What runs in processes of its own is not counted.
    coverage: { include: ['src/**/*.{ts,tsx}'], reporter: ['text-summary', 'html'] },
    expect: { poll: { timeout: 60_000 } },
    env: { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 120_000 },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/browser-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
