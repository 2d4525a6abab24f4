/** Whether this run takes its time: `npm run test:thorough`. */
const isThorough = process.env.THOROUGH === '1';

/** How many rounds, or how much of something: enough for every day, and what `npm run test:thorough` takes. */
export const rounds = (usual: number, thorough: number): number => (isThorough ? thorough : usual);

/** The first of some cases; `npm run test:thorough` takes them all. */
export const firstOf = <Case>(cases: readonly Case[], usual: number): readonly Case[] =>
  cases.slice(0, rounds(usual, cases.length));
