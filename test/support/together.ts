/**
 * Does the same work for each case, some at a time, since most of it waits for clocks and other processes.
 * Fails with the names of all cases that did.
 */
export async function together<Case>(
  cases: ReadonlyMap<string, Case>,
  work: (one: Case, name: string) => Promise<unknown>,
  atOnce = 3,
): Promise<void> {
  const waiting = [...cases];
  const failures: Error[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, one] = next;
      try {
        await work(one, name);
      } catch (error) {
        failures.push(new Error(`${name}: ${(error as Error).message}`, { cause: error }));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length === 0) return;
  const names = failures.map(({ message }) => message).join('\n\n');
  throw new AggregateError(failures, `${failures.length} of ${cases.size} failed:\n${names}`);
}
