/** How many are read ahead. What a remote sends can be large, so not many. */
const AHEAD = 2;

/** Reads all items in their order, some of them while what was read before is still being worked on. */
export async function* readAhead<Item, Read>(
  items: Iterable<Item>,
  read: (item: Item) => Promise<Read>,
): AsyncGenerator<Read> {
  const reading: Promise<Read>[] = [];
  for (const item of items) {
    const next = read(item);
    // If one before it fails, nobody asks for this one any more.
    next.catch(() => undefined);
    reading.push(next);
    if (reading.length > AHEAD) yield await (reading.shift() as Promise<Read>);
  }
  for (const last of reading) yield await last;
}
