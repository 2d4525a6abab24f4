/** An option of a verb, for parsing and for the help. */
export interface Option {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** The name of its value in the help. Without it, the option takes no value. */
  readonly value?: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** The only allowed values. */
  readonly choices?: readonly string[];
  readonly help: string;
  /** What it is called in the API, if not the same. */
  readonly fields?: readonly string[];
}

/** A verb of the command. Parsing, help, docs, the man page and completions are all generated from this. */
export interface Verb {
  readonly name: string;
  /** Its arguments as shown in the help: `<id>`, `[text…]`. */
  readonly args: string;
  /** How many arguments it takes. */
  readonly count: readonly [least: number, most: number];
  readonly summary: string;
  /** Paragraphs. */
  readonly description?: readonly string[];
  readonly options: readonly Option[];
  readonly examples: readonly (readonly [command: string, meaning: string])[];
}

/** The arguments and options given for a verb. */
export interface Given {
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
}

/** The value of an option, if it was given. */
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
