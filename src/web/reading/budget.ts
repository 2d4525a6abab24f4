import type MarkdownIt from 'markdown-it';

type Parser = InstanceType<typeof MarkdownIt>;

/** Thrown if a text would take the parser too long. No text written for people does. */
export class OutOfBudget extends Error {}

/** The budget for a text: per character, and at least. Trying a rule costs one, and more if the rule looks far. */
const [COST_A_CHARACTER, LEAST_COST] = [4, 20_000];
/** How many characters a rule can look through for the cost of trying one rule. */
const CHARACTERS_A_COST = 100;

/** Longer words are not treated as addresses. In characters. */
const LONGEST_ADDRESS = 2048;

/**
 * Limits the work of a Markdown parser by counting its steps, which are the same on every machine. For some texts,
 * their number grows with the square of the length: unclosed brackets, nested lists, addresses without spaces.
 */
export function limitWork(parser: Parser): Parser {
  let left = 0;
  const spend = (cost: number): false => {
    left -= cost;
    if (left < 0) throw new OutOfBudget();
    return false;
  };
  parser.core.ruler.before('normalize', 'budget', ({ src }) => {
    left = LEAST_COST + src.length * COST_A_CHARACTER;
  });
  const everywhere = ['paragraph', 'reference', 'blockquote', 'list'];
  parser.block.ruler.before('table', 'budget', () => spend(1), { alt: everywhere });
  parser.inline.ruler.before('text', 'budget', ({ src, pos, pending }) =>
    // At a possible address, all text before it is looked through.
    spend(src.startsWith('://', pos) ? 1 + pending.length / CHARACTERS_A_COST : 1),
  );
  limitLinks(parser);
  return parser;
}

/** Addresses are searched in one word at a time, since the parser's own search starts over at each candidate. */
function limitLinks({ linkify }: Parser): void {
  const { match, matchAtStart } = linkify;
  linkify.match = (text) => {
    const found = [];
    for (const { 0: word, index } of text.matchAll(/\S+/g)) {
      if (word.length > LONGEST_ADDRESS || !/[.:@]/.test(word)) continue;
      for (const link of match.call(linkify, word) ?? []) {
        found.push(Object.assign(link, { index: link.index + index, lastIndex: link.lastIndex + index }));
      }
    }
    return found;
  };
  linkify.matchAtStart = (text) => {
    const link = matchAtStart.call(linkify, text.slice(0, LONGEST_ADDRESS));
    return link !== null && link.lastIndex === LONGEST_ADDRESS ? null : link;
  };
}
