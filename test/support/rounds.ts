/** Whether this run takes its time: `npm run test:thorough`. */
const isThorough = process.env.THOROUGH === '1';

/** How many rounds, or how much of something: enough for every day, and what `npm run test:thorough` takes. */
export const rounds = (usual: number, thorough: number): number => (isThorough ? thorough : usual);
