const MOST_LINES = 40;
const MOST_CHARACTERS = 4000;

/** The beginning of a very long text, or nothing where all of it can be shown. */
export function previewOf(text: string): string | undefined {
  const lines = text.split('\n', MOST_LINES + 1);
  const short = lines.slice(0, MOST_LINES).join('\n').slice(0, MOST_CHARACTERS);
  const cut = short.length < MOST_CHARACTERS ? short : short.replace(/\s\S{0,80}$/, '');
  // A little more than the bound is not worth a button.
  return text.length - short.length > 200 ? `${cut.replace(/[\uD800-\uDBFF]$/, '')} …` : undefined;
}
