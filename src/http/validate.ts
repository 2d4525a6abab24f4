import type { z } from 'zod';
import { type FieldError, fail, ok, type Result } from '../domain/result.ts';
import { isWellFormed, wellFormed } from '../domain/unicode.ts';

/**
 * Validates a value against a schema and reports all bad fields at once.
 *
 * @param together finds errors that concern several fields together
 * @param lead how a refusal begins
 */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  together?: (value: object) => readonly FieldError[],
  lead = 'Nothing was saved or changed',
): Result<z.output<Schema>> {
  const tooMany = sizeErrors(value);
  if (tooMany.length > 0) return refuse(tooMany, lead);
  const parsed = schema.safeParse(value);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const errors = [
    ...brokenStrings(value),
    ...(parsed.error?.issues ?? []).flatMap(toFieldErrors),
    ...(isObject && together ? together(value) : []),
  ];
  return parsed.success && errors.length === 0 ? ok(parsed.data) : refuse(errors, lead);
}

/** If a body, or a list or object in it, has more members than this, it is not validated any further. */
const MOST_MEMBERS = 1000;

/**
 * Errors for bodies with far too many members. Describing what is wrong with each of a hundred thousand would take
 * seconds.
 */
function sizeErrors(value: unknown): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  const members = Object.entries(value);
  if (members.length > MOST_MEMBERS) return [{ field: '', detail: `the body ${countOf(members.length)}` }];
  return members.flatMap(([key, member]) => {
    const most = [member, ...(Array.isArray(member) ? member.slice(0, MOST_MEMBERS) : [])].reduce(
      (highest: number, one) => Math.max(highest, sizeOf(one)),
      0,
    );
    const field = wellFormed(key).slice(0, MOST_KEY);
    return most > MOST_MEMBERS ? [{ field, detail: `${field} ${countOf(most)}` }] : [];
  });
}

const MOST_KEY = 100;

const sizeOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? Object.keys(value).length : 0;

const countOf = (count: number): string =>
  `has ${count.toLocaleString('en')} entries, and may have ${MOST_MEMBERS.toLocaleString('en')} at most`;

/** Further bad fields are counted, not listed, since a body can contain many unknown keys. */
const MOST_ERRORS = 100;

/** One entry per bad field: the first error in it. */
function refuse(all: readonly FieldError[], lead: string) {
  const firsts = new Map<string, FieldError>();
  for (const error of all) if (!firsts.has(error.field)) firsts.set(error.field, error);
  const errors = [...firsts.values()].slice(0, MOST_ERRORS);
  const details = errors.map(({ detail }) => detail).join('; ');
  const more = firsts.size > MOST_ERRORS ? `; and ${firsts.size - MOST_ERRORS} more` : '';
  return fail('invalid', `${lead}: ${details}${more}.`, { errors });
}

/**
 * The strings of a body, including its keys, that are not valid Unicode. They are written in JSON as `\\ud800`, half
 * of a surrogate pair, which has no UTF-8. No field is nested deeper than an object in a list.
 */
function brokenStrings(value: unknown): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const strings = Array.isArray(member) ? member.flatMap(partsOf) : [member];
    const isBroken = strings.some((text) => typeof text === 'string' && !isWellFormed(text));
    if (!isBroken && isWellFormed(key)) return [];
    const field = wellFormed(key);
    return [{ field, detail: `${field} must be valid Unicode, but has half of a surrogate pair` }];
  });
}

const partsOf = (item: unknown): readonly unknown[] =>
  typeof item === 'object' && item !== null ? Object.entries(item).flat() : [item];

function toFieldErrors(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code === 'unrecognized_keys') {
    const [parent] = issue.path;
    return issue.keys.map(wellFormed).map((key) => ({
      field: parent === undefined ? key : String(parent),
      detail: `${JSON.stringify(key)} is not known ${parent === undefined ? 'here' : `in ${String(parent)}`}`,
    }));
  }
  // An error within a list is reported for the field that has the list.
  const field = String(issue.path[0] ?? '');
  return [{ field, detail: issue.message.startsWith('must') ? `${field} ${issue.message}` : issue.message }];
}
