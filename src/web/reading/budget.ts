import type MarkdownIt from 'markdown-it';

type Parser = InstanceType<typeof MarkdownIt>;

/** Thrown when a text would take the parser too long. It is made to be read by people; this one was not. */
export class OutOfBudget extends Error {}

/** What a text may cost: for each character, and at least. A rule that is tried costs one, and more if it looks far. */
const [COST_A_CHARACTER, LEAST_COST] = [4, 20_000];
/** So many characters that a rule looks through cost as much as a rule that is tried. */
const CHARACTERS_A_COST = 100;

/** Longer words are no address. In characters. */
const LONGEST_ADDRESS = 2048;

/**
 * Bounds the work of a Markdown parser by counting its steps, which are the same on every machine. For some texts they
 * grow with the square of the length: brackets that nobody closes, lists in lists, addresses without a space.
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
    // At what may be an address, all text before it is looked through.
    spend(src.startsWith('://', pos) ? 1 + pending.length / CHARACTERS_A_COST : 1),
  );
  limitLinks(parser);
  return parser;
}

/** Addresses are looked for in one word at a time: the parser's own search begins again at each candidate. */
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
