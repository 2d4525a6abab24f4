import { foldCase, isAscii } from '../../domain/fold-case.ts';
import type { Fact, Filter, Term } from '../../domain/query.ts';

/** Whether the JSON of a message, which may stand in other JSON, may be that of one that is looked for. */
export type Likely = (json: string) => boolean;

/**
 * A look at the JSON of a message that is quicker than parsing it: if it says no, the message does not pass the
 * filter.
 */
export function likelyFor(filter: Filter): Likely {
  const looks = filter.terms.flatMap((group): Likely[] => {
    const either = group.flatMap((term) => lookFor(term) ?? []);
    const [only] = either;
    // One term that cannot be looked for can hold without the others.
    if (only === undefined || either.length < group.length) return [];
    return either.length === 1 ? [only] : [(json) => either.some((look) => look(json))];
  });
  return (json) => looks.every((look) => look(json));
}

function lookFor({ kind, value, exclude }: Term): Likely | undefined {
  if (exclude) return undefined;
  if (kind === 'fact') return writing(SIGNS[value]);
  return kind === 'text' && AS_IT_IS.test(value) ? saying(value) : undefined;
}

/** What the JSON of a message that a fact holds for has in it. */
const SIGNS: Readonly<Record<Fact, RegExp>> = {
  attachment: /attachments/,
  link: /http|link/i,
  pinned: /pinned/,
  open: /task/,
  reply: /replyTo/,
  deleted: /deletedAt/,
};

const writing =
  (sign: RegExp): Likely =>
  (json) =>
    sign.test(json) || json.includes(BY_NUMBER);

/**
 * What JSON holds as it is, unless it gives characters by their numbers, which is looked for as well. A mark that
 * belongs to the letter before it could join the letter of an escape.
 */
const AS_IT_IS = /^[^\p{M}\p{Cc}"\\/][^\p{Cc}"\\/]*$/u;
const BY_NUMBER = '\\u';

function saying(folded: string): Likely {
  const holds = holding(folded);
  return (json) => holds(json) || json.includes(BY_NUMBER);
}

/** This much of a search term is looked for in the JSON. */
const MOST_CHARACTERS = 32;

/** Whether a text may hold a case-folded one; `foldCase` is certain, but takes ten times as long for most. */
function holding(folded: string): (text: string) => boolean {
  if (!isAscii(folded)) return (text) => foldCase(text).includes(folded);
  // The beginning of a long search is enough for a look, and a long one of equal letters would be looked for at each.
  const beginning = folded.slice(0, MOST_CHARACTERS);
  const pattern = new RegExp(beginning.replace(/[.*+?^${}()|[\]]/g, '\\$&'), 'iu');
  return (text) => pattern.test(text) || FOLDED_TO_ASCII.test(text);
}

/** What `foldCase` makes ASCII of, and a pattern that ignores case does not: `ß`, ligatures and the like. */
const FOLDED_TO_ASCII = /[ßİıŉǰ\u037e\u1e96-\u1e9a\u1fef\ufb00-\ufb06]/;
