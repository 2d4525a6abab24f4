/**
 * Whether a text is valid Unicode. UTF-8 cannot encode half of a surrogate pair, and other programs refuse JSON that
 * contains one.
 */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** A text with U+FFFD in place of each lone half of a surrogate pair. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd');

/** An escaped surrogate pair, an escaped lone half, or any other escape, which may be a backslash before a `u`. */
const ESCAPES =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\./g;
const LONE = '\\ud800'.length;

/** Whether JSON text received as UTF-8 may contain half of a surrogate pair. Most does not, and this check is fast. */
export const mayHoldHalves = (json: string): boolean => json.includes('\\ud') || json.includes('\\uD');

/** JSON text in which each escaped lone half of a surrogate pair is replaced by the escape of U+FFFD. */
export const wellFormedJson = (json: string): string =>
  mayHoldHalves(json) ? json.replace(ESCAPES, (found) => (found.length === LONE ? '\\ufffd' : found)) : json;

/** Like `JSON.stringify`, but every JSON parser can read the result. */
export const toJson = (value: unknown): string => wellFormedJson(JSON.stringify(value));
