const MOST_LINES = 40;
const MOST_CHARACTERS = 4000;

/** The beginning of a very long text, or nothing where all of it can be shown. */
export function previewOf(text: string): string | undefined {
  const lines = text.split('\n', MOST_LINES + 1);
  const short = lines.slice(0, MOST_LINES).join('\n').slice(0, MOST_CHARACTERS);
  // A little more than the bound is not worth a button.
  return text.length - short.length > 200 ? short.replace(/[\uD800-\uDBFF]$/, '') : undefined;
}
