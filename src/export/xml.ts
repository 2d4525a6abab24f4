/** Text for HTML and XML. Characters that XML does not allow become U+FFFD. */
export const markup = (text: string): string =>
  text
    .replace(/[\p{Cc}\ufffe\uffff]/gu, (found) => ('\t\n\r'.includes(found) ? found : '\ufffd'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

/** The first line of a text that is not empty, at most 80 characters. */
export function titleOf(text: string): string {
  const line =
    text
      .split('\n')
      .find((one) => /\S/.test(one))
      ?.trim() ?? '(no text)';
  const characters = [...line.slice(0, 400)];
  return characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : characters.join('');
}
