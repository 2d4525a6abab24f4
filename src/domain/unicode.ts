/** Whether a text is Unicode: UTF-8 has no half of a surrogate pair, and other programs refuse the JSON of one. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** A text with U+FFFD for each half of a surrogate pair that is alone. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** A surrogate pair by its two numbers; a half by its number; any other escape, which may be a backslash before a `u`. */
const ESCAPES =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\./g;
const LONE = '\\ud800'.length;

/** Whether JSON text that came as UTF-8 may stand for half of a surrogate pair; most does not, which is seen in no time. */
export const mayHoldHalves = (json: string): boolean => json.includes('\\ud') || json.includes('\\uD');

/** JSON text with the escape of U+FFFD for each escape of half a surrogate pair that is alone, and the same otherwise. */
export const wellFormedJson = (json: string): string =>
  mayHoldHalves(json) ? json.replace(ESCAPES, (found) => (found.length === LONE ? '\\ufffd' : found)) : json;

/** As `JSON.stringify`, of what every reader of JSON can read. */
export const toJson = (value: unknown): string => wellFormedJson(JSON.stringify(value));
