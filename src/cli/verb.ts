/** An option of a verb, as the command reads it and as its help shows it. */
export interface Option {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** What its value is called in the help; without it, it has none. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** The only values that it may have. */
  readonly choices?: readonly string[];
  readonly help: string;
}

/** What the command can do: the one place from which parsing, help, docs, the man page and completions are made. */
export interface Verb {
  readonly name: string;
  /** Its arguments, as its help shows them: `<id>`, `[text…]`. */
  readonly args: string;
  /** How many arguments it takes. */
  readonly count: readonly [least: number, most: number];
  readonly summary: string;
  /** Paragraphs. */
  readonly description?: readonly string[];
  readonly options: readonly Option[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

/** What was given for a verb. */
export interface Given {
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** The value of an option that has one. */
export function textOf({ values }: Given, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** The values of an option that may be given several times. */
export function textsOf({ values }: Given, name: string): readonly string[] {
  const value = values[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}

export const isSet = ({ values }: Given, name: string): boolean => values[name] === true;
