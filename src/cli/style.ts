import type { Io, Screen } from './io.ts';

/** Highlights text on a terminal. Anywhere else, text stays as it is. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly accent: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
}

export function styleFor(screen: Screen, { environment }: Pick<Io, 'environment'>): Style {
  const { NO_COLOR, TERM } = environment;
  const isColoured = screen.isTTY === true && !NO_COLOR && TERM !== 'dumb';
  const sgr = (code: number) => (text: string) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { strong: sgr(1), faint: sgr(2), accent: sgr(36), good: sgr(32), bad: sgr(31) };
}

/**
 * Text that is safe to print on a terminal. Control characters, which could move the cursor or worse, are replaced by
 * visible symbols. Line ends and tabs stay.
 */
export const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
    .replace(/[\0-\x08\x0b-\x1f]/g, (one) => String.fromCharCode(0x2400 + one.charCodeAt(0)))
    .replaceAll('\x7f', '\u2421')
    // C1 controls, and overrides that could make the end of a name look like its beginning.
    .replace(/[\x80-\x9f\u202d\u202e]/g, '\ufffd');

/** Like {@link printable}, on one line. */
export const printableLine = (text: string): string => printable(text).replaceAll('\n', ' ');

/** JSON without characters that a terminal would interpret. Its meaning does not change. */
export const printableJson = (json: string): string =>
  json.replace(/[\x7f-\x9f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
