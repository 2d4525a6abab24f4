import { foldCase, isAscii } from '../../domain/fold-case.ts';
import type { Fact, Filter, Term } from '../../domain/query.ts';

/** Whether some JSON, which may contain more than the message, may be that of a message that is searched for. */
export type Likely = (json: string) => boolean;

/**
 * A check of a message's JSON that is faster than parsing it. If it returns false, the message does not pass the
 * filter.
 */
export function likelyFor(filter: Filter): Likely {
  const looks = filter.terms.flatMap((group): Likely[] => {
    const either = group.flatMap((term) => lookFor(term) ?? []);
    const [only] = either;
    // If one term of a group cannot be checked this way, it alone may satisfy the group.
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

/** What is in the JSON of a message if a fact is true of it. */
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
 * Text that JSON contains literally, unless it escapes characters by number, which is checked as well. A leading
 * combining mark is excluded, since it could join with the last letter of an escape.
 */
const AS_IT_IS = /^[^\p{M}\p{Cc}"\\/][^\p{Cc}"\\/]*$/u;
const BY_NUMBER = '\\u';

function saying(folded: string): Likely {
  const holds = holding(folded);
  return (json) => holds(json) || json.includes(BY_NUMBER);
}

/** How much of a search term is looked for in the JSON. */
const MOST_CHARACTERS = 32;

/** Whether a text may contain a case-folded one. `foldCase` is exact, but takes ten times as long for most texts. */
function holding(folded: string): (text: string) => boolean {
  if (!isAscii(folded)) return (text) => foldCase(text).includes(folded);
  // The beginning of a long term is enough for a prefilter. A long term of equal letters would be slow to search for.
  const beginning = folded.slice(0, MOST_CHARACTERS);
  const pattern = new RegExp(beginning.replace(/[.*+?^${}()|[\]]/g, '\\$&'), 'iu');
  return (text) => pattern.test(text) || FOLDED_TO_ASCII.test(text);
}

/** Characters that `foldCase` turns into ASCII but a case-insensitive pattern does not: `ß`, ligatures and the like. */
const FOLDED_TO_ASCII = /[ßİıŉǰ\u037e\u1e96-\u1e9a\u1fef\ufb00-\ufb06]/;
