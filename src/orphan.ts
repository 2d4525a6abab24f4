/** How often to check for the parent, in milliseconds. */
const LOOK_MS = 500;

/** Read when this program starts, since the parent may be gone before anyone asks. */
const parent = process.ppid;

/**
 * Calls back once the process that started this one is gone. Only for a program started by npm: npm lives as long as
 * what it runs, even in the background or after its own terminal was closed.
 */
export function whenOrphaned(onOrphaned: () => void): void {
  const timer = setInterval(() => {
    // POSIX gives an orphan another parent. Windows keeps the number, so the process itself is checked.
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
