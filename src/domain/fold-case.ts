/** Folds case, so a search finds a word however it is written; the same for text and for term. */
export const foldCase = (text: string): string =>
  // Most text is ASCII, which comes to the same in a third of the time.
  isAscii(text)
    ? text.toLowerCase()
    : // By way of capitals, so `ß` meets `ss` and both small sigmas are one.
      text.normalize('NFC').toUpperCase().toLowerCase().replaceAll('ς', 'σ');

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII, too.
const ASCII = /^[\x00-\x7f]*$/;

export const isAscii = (text: string): boolean => ASCII.test(text);
