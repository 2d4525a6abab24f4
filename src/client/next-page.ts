/** The cursor of the next page, from a page's `Link` header; `undefined` on the last page. */
export function cursorOfNext(link: string | readonly string[] | undefined): string | undefined {
  const target = /<([^<>]*)>; rel="next"/.exec(String(link ?? ''))?.[1];
  // The address may be relative. Only its query matters.
  return target === undefined
    ? undefined
    : (new URL(target, 'http://localhost').searchParams.get('cursor') ?? undefined);
}
