import { createContext } from 'preact';

/**
 * Whether there are several repositories, so they have to be named. Found once for all rows: a hundred rows with stores of
 * their own are slow.
 */
export const OneOfMany = createContext(false);
