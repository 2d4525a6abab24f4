import { type Failure, fail } from '../domain/result.ts';

/**
 * Why an export cannot be read: something that a person can put right. It is thrown inside `import/`, since readers are
 * generators, whose return values a loop does not see. {@link refusalOf} turns it into a failure at the border.
 */
export class Refusal extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.name = 'Refusal';
    this.failure = failure;
  }
}

/** The file is broken, hostile, or of no known format. */
export const refuse = (detail: string): Refusal => new Refusal(fail('import-refused', detail).failure);

/** The file can be read in more than one way until a person says which. */
export const ask = (parameter: 'zone' | 'dates' | 'format', detail: string): Refusal =>
  new Refusal(
    fail('import-ambiguous', `${detail} Nothing was imported.`, {
      errors: [{ field: parameter, detail }],
      members: { needs: [parameter] },
    }).failure,
  );

/** The failure that an error stands for; `undefined` if it is a surprise. */
export const refusalOf = (error: unknown): Failure | undefined =>
  error instanceof Refusal ? error.failure : undefined;
