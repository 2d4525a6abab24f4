// Text with the proportions of chat: most messages are short, few are very long; several scripts, emoji, code and links.

/** A generator of numbers from 0 to 1 that a seed decides (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const COMMON =
  'the a to and of in is it that for on with this was but not be have you we they so can just like what when how from or if about there out up one time day today tomorrow meeting note idea works done next see look think know need want make take send read write call back still later soon before after maybe'.split(
    ' ',
  );
const RARE_PARTS =
  'ka ri to men sol bra dur fen gil hos jat lor mip nev pol qua ros sta tul vex wim yor zan'.split(' ');
const OTHERS = [
  'für die Straße',
  'ça va très bien',
  'спасибо большое',
  '今日は会議があります',
  '好的，明天见',
  'مرحبا بك',
  '안녕하세요',
  '🎉👍',
  '😀',
  'naïve café',
];
const CODE = [
  'const result = await fetch(url);',
  'git log --oneline -n 5',
  'for (const item of items) {',
  '}',
  'return ok(value);',
];

/** One text; a pure function of the generator's next numbers. */
export function textOf(next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const kind = next();
  if (kind < 0.04)
    return `\`\`\`js\n${Array.from({ length: 2 + Math.floor(next() * 12) }, () => pick(CODE)).join('\n')}\n\`\`\``;
  if (kind < 0.08) return `https://example.org/${rareWord(next)}/${Math.floor(next() * 1e6)}`;
  // A long tail: the median has about ten words, one in a hundred has some hundreds.
  const words = Math.min(4000, 2 + Math.floor(10 * Math.exp(1.1 * gaussian(next))));
  const said = [];
  for (let word = 0; word < words; word += 1) {
    const which = next();
    if (which < 0.02) said.push(pick(OTHERS));
    else if (which < 0.1) said.push(rareWord(next));
    else if (which < 0.11) said.push(`#${rareWord(next)}`);
    else said.push(pick(COMMON));
    if (next() < 0.03) said.push('\n');
  }
  return said.join(' ').trim();
}

const rareWord = (next) =>
  Array.from(
    { length: 2 + Math.floor(next() * 3) },
    () => RARE_PARTS[Math.floor(next() * RARE_PARTS.length)],
  ).join('');

function gaussian(next) {
  return Math.sqrt(-2 * Math.log(next() + 1e-12)) * Math.cos(2 * Math.PI * next());
}
