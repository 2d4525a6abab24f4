import type { Delivery } from '../../contract/message.ts';
import type { FieldError } from '../../domain/result.ts';

/** A failure as a value: the server's problem document, or one of ours if no server answered. */
export interface Problem {
  /** The HTTP status; 0 if the server could not be reached. */
  readonly status: number;
  /** The kind of failure, since a status may have several. */
  readonly type: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  /** The deliveries that were made before a repository refused. */
  readonly deliveries: readonly Delivery[];
  /** The kinds of credentials that the text seems to contain. */
  readonly seen: readonly string[];
  /** Why a message could not be brought to all of its repositories: one reason for each repository that refused. */
  readonly reasons: readonly string[];
}

export const UNREACHABLE: Problem = {
  status: 0,
  type: 'about:blank',
  title: 'The server can’t be reached',
  detail: 'gitpost is not responding. Is it still running?',
  errors: [],
  deliveries: [],
  seen: [],
  reasons: [],
};

/** A file that cannot be sent, whether or not the server can be reached. */
export const aboutFile = (detail: string): Problem => ({
  ...UNREACHABLE,
  status: 400,
  title: 'The file cannot be sent',
  detail,
});

/** The message has changed since the edit began. */
export const OUT_OF_DATE: Problem = {
  ...UNREACHABLE,
  status: 412,
  title: 'The message was changed meanwhile',
  detail: 'The message was changed elsewhere meanwhile. Nothing was saved over it.',
};

/** Reads a problem document leniently, since a proxy may have answered with something else. */
export function toProblem(status: number, body: unknown): Problem {
  const given = isRecord(body) ? body : {};
  return {
    status,
    type: textOr(given.type, 'about:blank'),
    title: textOr(given.title, 'Something went wrong'),
    detail: textOr(given.detail, `The server answered with status ${status}.`),
    errors: Array.isArray(given.errors) ? given.errors.filter(isFieldError) : [],
    deliveries: Array.isArray(given.deliveries) ? (given.deliveries as Delivery[]) : [],
    seen: textsOf(given.seen),
    reasons: textsOf(given.reasons),
  };
}

/** Whether all errors are shown next to one of these fields. */
export function isToldBy(problem: Problem, fields: readonly string[]): boolean {
  return problem.errors.length > 0 && problem.errors.every(({ field }) => fields.includes(field));
}

/** The id was already used for a different text. */
export const isIdTaken = ({ type }: Problem): boolean => type.endsWith(':id-taken');

/** The message is in only some of its repositories, or in none. If it is sent again, it goes to the others. */
export const isIncomplete = ({ type }: Problem): boolean => type.endsWith(':incomplete');

/** There was no answer. What was sent may have arrived all the same. */
export const isUnreachable = ({ status }: Problem): boolean => status === 0;

/** The problem is temporary and not caused by what was sent, so the same may be accepted later. */
export const isPassing = ({ status }: Problem): boolean =>
  status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;

/** The text looks like a credential, and nobody has confirmed that it may be saved. */
export const isSecretGuard = ({ type }: Problem): boolean => type.endsWith(':looks-secret');

/** The message has changed since the edit began. */
export const isOutOfDate = ({ status }: Problem): boolean => status === 412;

/** The error to show next to a field. */
export function errorOf(problem: Problem | undefined, field: string): string | undefined {
  return problem?.errors.find((error) => error.field === field)?.detail;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isFieldError(value: unknown): value is FieldError {
  return isRecord(value) && typeof value.field === 'string' && typeof value.detail === 'string';
}

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
