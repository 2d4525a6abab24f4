import type { FileContent } from './files.ts';

/** Helpers for reading values of unknown shape. */
export type Members = Readonly<Record<string, unknown>>;

/** A value as an object; empty if it is not one. */
export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A value as a string; empty if it is not one. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A value as an id, which may be a string or a number; `undefined` if it is neither. */
export const idOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number' && Number.isFinite(value)
      ? String(value)
      : undefined;

/** The first text that is not empty. */
export const firstText = (...values: readonly unknown[]): string =>
  values.map(textOf).find((text) => text.trim() !== '') ?? '';

/** An ISO time with a zone, in milliseconds since 1970; `undefined` if it is not one. */
export function instantOf(value: unknown): number | undefined {
  const text = textOf(value);
  if (!/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}

/** A short piece of a text, to show what was left out. */
export const shortly = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${[...line].slice(0, 79).join('')}…` : line;
};

/** Bytes in memory as the content of a file. */
export const heldIn = (bytes: Buffer): FileContent => ({
  size: bytes.length,
  read: async function* () {
    yield bytes;
  },
});
