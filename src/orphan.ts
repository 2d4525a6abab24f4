/** How often the parent is looked for, in milliseconds. */
const LOOK_MS = 500;

/** As it was when this program began: it may be gone before anyone asks. */
const parent = process.ppid;

/**
 * Calls back once the process that started this one is gone. Only for a program that npm has started: npm lives as long
 * as what it runs, also in the background and when its own terminal is gone.
 */
export function whenOrphaned(onOrphaned: () => void): void {
  const timer = setInterval(() => {
    // POSIX gives an orphan another parent. Windows keeps the number, so the process itself is looked for.
    if (process.ppid === parent && isAlive(parent)) return;
    clearInterval(timer);
    onOrphaned();
  }, LOOK_MS);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
