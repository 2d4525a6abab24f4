// What a number is made of.

/** `NaN` of nothing. */
export const median = (numbers) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Milliseconds of some work. */
export async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The median of two kinds of work, in milliseconds, turn by turn: a machine that gets slower gets slower for both. */
export async function inTurns(rounds, ours, theirs, warmUp = Math.ceil(rounds / 10)) {
  const [mine, bare] = [[], []];
  for (let round = -warmUp; round < rounds; round += 1) {
    const one = await timed(() => ours(round + warmUp));
    const other = await timed(() => theirs(round + warmUp));
    if (round < 0) continue;
    mine.push(one);
    bare.push(other);
  }
  return { ours: median(mine), theirs: median(bare) };
}

/** The median of one kind of work, in milliseconds. */
export async function often(rounds, work) {
  const all = [];
  for (let round = 0; round < rounds; round += 1) all.push(await timed(() => work(round)));
  return median(all);
}
