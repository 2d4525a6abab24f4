import { type Failure, fail } from '../domain/result.ts';

/**
 * Why an export cannot be read, if a person can do something about it. It is thrown inside `import/`, since readers
 * are generators, whose return values a loop does not see. {@link refusalOf} turns it into a failure for callers
 * outside.
 */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.name = 'Refusal';
    this.failure = failure;
  }
}

/** The file is broken, hostile, or in an unknown format. */
export const refuse = (detail: string): Refusal => new Refusal(fail('import-refused', detail).failure);

/** The file can be read in more than one way, so a person has to say which. */
export const ask = (parameter: 'zone' | 'dates' | 'format', detail: string): Refusal =>
  new Refusal(
    fail('import-ambiguous', `${detail} Nothing was imported.`, {
      errors: [{ field: parameter, detail }],
      members: { needs: [parameter] },
    }).failure,
  );

/** The failure in a refusal; `undefined` for any other error. */
export const refusalOf = (error: unknown): Failure | undefined =>
  error instanceof Refusal ? error.failure : undefined;
