/** The members that have a value: absent and `undefined` members mean the same. */
export function given<Members extends Record<string, unknown>>(members: Members) {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [Key in keyof Members]?: Exclude<Members[Key], undefined> };
}
