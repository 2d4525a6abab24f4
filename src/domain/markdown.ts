/** Helpers that turn formatted chat into Markdown. */

/** A text in which everything that Markdown would treat as formatting is escaped. */
export const escaped = (text: string): string =>
  text
    .replace(/[\\`*_~[\]<>]/g, '\\$&')
    .replace(/^(\s*)([#+-]|\d+[.)])(?=\s)/gm, (_, space: string, mark: string) =>
      /\d/.test(mark) ? `${space}${mark.slice(0, -1)}\\${mark.slice(-1)}` : `${space}\\${mark}`,
    );

/** Encloses a text in marks. White space at its ends stays outside, as Markdown requires. */
export function wrapped(text: string, mark: string): string {
  const inner = text.trim();
  if (inner === '') return text;
  const start = text.indexOf(inner);
  return `${text.slice(0, start)}${mark}${inner}${mark}${text.slice(start + inner.length)}`;
}

/** The length of the longest run of backticks. A text can have more runs than a function can take arguments. */
const longestFence = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);

/** Inline code. */
export function inlineCode(text: string): string {
  const longest = longestFence(text);
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

/** A block of code. */
export function codeBlock(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(2, longestFence(text)) + 1);
  return `\n${fence}${language}\n${text.replace(/\n$/, '')}\n${fence}\n`;
}

export const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

/** A link with its text. If the address is not safe, only the text is returned. */
export function link(text: string, url: string): string {
  if (!/^(?:https?|mailto|tel):/i.test(url)) return text === '' ? escaped(url) : text;
  const target = url.replace(/[\s()<>]/g, (found) =>
    encodeURIComponent(found).replace('(', '%28').replace(')', '%29'),
  );
  return text === '' || text === escaped(url) || text === url ? `<${target}>` : `[${text}](${target})`;
}
