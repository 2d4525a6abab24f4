/** The parts on separate lines, without those that are contained in another one: apps often share an address twice. */
export function sharedText(parts: readonly string[]): string {
  const all = parts.map((part) => part.trim()).filter((part) => part !== '');
  return all
    .filter(
      (part, index) =>
        !all.some((other, at) => at !== index && other.includes(part) && (other !== part || at < index)),
    )
    .join('\n');
}
