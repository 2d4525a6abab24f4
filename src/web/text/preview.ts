const MOST_LINES = 40;
const MOST_CHARACTERS = 4000;

/** The beginning of a very long text; `undefined` if all of it can be shown. */
export function previewOf(text: string): string | undefined {
  const lines = text.split('\n', MOST_LINES + 1);
  const short = lines.slice(0, MOST_LINES).join('\n').slice(0, MOST_CHARACTERS);
  const cut = short.length < MOST_CHARACTERS ? short : short.replace(/\s\S{0,80}$/, '');
  // If only a little more would be hidden, a button is not worth it.
  return text.length - short.length > 200 ? `${cut.replace(/[\uD800-\uDBFF]$/, '')} …` : undefined;
}
