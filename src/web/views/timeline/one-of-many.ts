import { createContext } from 'preact';

/**
 * Whether there are several repositories, so they have to be named. Determined once for all rows: a hundred rows with
 * their own stores would be slow.
 */
export const OneOfMany = createContext(false);
