import type { z } from 'zod';

/** How much of an unknown name is repeated. */
const MOST_REPEATED = 40;

/** What is wrong with the arguments that an agent gave to a tool, as text for the agent. */
export function argumentErrors(
  tool: string,
  schema: z.ZodObject,
  given: unknown,
  issues: readonly z.core.$ZodIssue[],
): string {
  const names = Object.keys(schema.shape);
  const words = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => unknownWords(tool, names, key))
      : [wrongWords(issue, given)],
  );
  return `Nothing was done: ${words.join('; ')}.`;
}

function unknownWords(tool: string, names: readonly string[], key: string): string {
  const near = names.find((name) => key.startsWith(name) || name.startsWith(key));
  const advice =
    near !== undefined
      ? `use ${near}`
      : names.length > 0
        ? `it takes ${names.join(', ')}`
        : 'it takes no arguments';
  return `${key.slice(0, MOST_REPEATED)} is not an argument of ${tool}: ${advice}`;
}

function wrongWords(issue: z.core.$ZodIssue, given: unknown): string {
  const [name] = issue.path;
  if (name === undefined) return 'the arguments must be an object';
  const value = (given as Record<PropertyKey, unknown>)[name];
  if (value === undefined) return `${String(name)} is missing`;
  return `${String(name)} ${ruleOf(issue)}`;
}

function ruleOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_big':
      return `must be ${issue.maximum} or less`;
    case 'too_small':
      return `must be ${issue.minimum} or more`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_type':
      return issue.path.length > 1
        ? 'must be a list of strings'
        : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    default:
      return 'is not valid';
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list of strings',
};
