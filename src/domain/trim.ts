/**
 * A text without certain characters at its end. A pattern such as `/+$` would be slow, since it tries every place
 * where the run could begin.
 */
export function withoutEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
