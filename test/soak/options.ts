import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** What was said on the command line of `scripts/soak.mjs`, or its defaults. */
    options: Readonly<Record<string, string>>;
  }
}

/** An option that is a number; fails with its name where it is none. */
export function numberOf(name: string): number {
  const value = Number(textOf(name));
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} has to be a number`);
  return value;
}

export const textOf = (name: string): string => inject('options')[name] ?? '';
