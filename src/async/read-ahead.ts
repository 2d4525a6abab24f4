/** How many items are read ahead. What a remote sends can be large, so not many. */
const AHEAD = 2;

/** Reads all items in order. Some are read ahead while earlier results are still being processed. */
export async function* readAhead<Item, Read>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Read>,
): AsyncGenerator<Read> {
  const reading: Promise<Read>[] = [];
  for (const item of items) {
    const next = read(item);
    // If an earlier one fails, nobody waits for this one any more.
    next.catch(() => undefined);
    reading.push(next);
    if (reading.length > AHEAD) yield await (reading.shift() as Promise<Read>);
  }
  for (const last of reading) yield await last;
}
