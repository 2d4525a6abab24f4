import { createContext } from 'preact';

/** What every row needs to know, found once for all of them: a hundred rows with stores of their own are slow. */
export interface RowFacts {
  /** Whether there are several repositories, so that they have to be named. */
  readonly isOneOfMany: boolean;
  readonly canPin: boolean;
}

export const RowContext = createContext<RowFacts>({ isOneOfMany: false, canPin: false });
