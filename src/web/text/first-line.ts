/** The first non-empty line of a message, without leading Markdown marks. */
export function firstLine({ text, url = '' }: { readonly text: string; readonly url?: string }): string {
  const line = text.split('\n').find((one) => one.trim() !== '');
  return line === undefined ? url : line.trim().replace(/^(?:#{1,6} |> ?|[-*+] (?:\[[ xX]\] )?)/, '');
}
