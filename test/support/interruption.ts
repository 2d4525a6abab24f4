// A test run that is interrupted ends no tests, so what they started is ended here.

const enders = new Set<() => void>();

/** Runs `end`, which can't wait for anything, when this test process ends or is interrupted. */
export function onInterruption(end: () => void): void {
  enders.add(end);
}

function endAll(): void {
  for (const end of enders) end();
}

process.once('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    endAll();
    process.kill(process.pid, signal);
  });
}

// When vitest itself is ended, its workers go on. Playwright ends its browsers at the first signal; the second
// is for a worker that outlives it, where vitest's own `process.exit` would only throw.
process.once('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000);
  process.kill(process.pid, 'SIGTERM');
});
