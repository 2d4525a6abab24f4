/** The cursor of the next page, from the `Link` header of a page; `undefined` on the last one. */
export function cursorOfNext(link: string | readonly string[] | undefined): string | undefined {
  const target = /<([^<>]*)>; rel="next"/.exec(String(link ?? ''))?.[1];
  // The address may be relative, and only its query counts.
  return target === undefined
    ? undefined
    : (new URL(target, 'http://localhost').searchParams.get('cursor') ?? undefined);
}
