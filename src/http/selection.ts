import type { AsOf, Moment } from '../contract/message.ts';
import { type Filter, parseSearch } from '../domain/query.ts';
import { ok, type Result } from '../domain/result.ts';
import { type Clocks, clocksOf, UTC } from '../domain/zone.ts';
import type { ProblemInput } from './problem.ts';
import { unknownRepository } from './routes/repositories.ts';

/** Which messages a call asks for, as its query says. */
export interface Selection {
  readonly repository?: string;
  readonly author?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly q?: string;
  readonly since?: Moment;
  readonly until?: Moment;
  readonly asOf?: Moment | string;
  readonly zone?: string;
}

/** What decides which messages are meant, and the past that they are of, if it is not the present. */
export interface Selected {
  readonly filter: Filter;
  readonly asOf: AsOf | undefined;
}

/** Reads what a call selects: days begin in its time zone, wherever they are named. */
export function select(
  { q = '', since, until, asOf, zone, ...fields }: Selection,
  repositories: { readonly find: (name: string) => unknown },
): Result<Selected, ProblemInput> {
  if (fields.repository !== undefined && !repositories.find(fields.repository))
    return unknownRepository([fields.repository]);
  const clocks = clocksIn(zone);
  const terms = parseSearch(q, new Date(), clocks);
  if (!terms.ok) return terms;
  return ok({
    filter: {
      ...fields,
      ...(since !== undefined && { since: timeOf(since, clocks) }),
      ...(until !== undefined && { until: timeOf(until, clocks) }),
      terms: terms.value,
    },
    asOf: pastIn(asOf, zone),
  });
}

/** The past that a call names, with the beginning of a day in its time zone. */
export const pastIn = (asOf: Moment | string | undefined, zone: string | undefined): AsOf | undefined =>
  asOf === undefined || typeof asOf === 'string' ? asOf : timeOf(asOf, clocksIn(zone));

const clocksIn = (zone: string | undefined): Clocks => (zone === undefined ? UTC : clocksOf(zone));

const timeOf = (moment: Moment, clocks: Clocks): number =>
  typeof moment === 'number' ? moment : clocks.whenShowing(Date.parse(moment.day));
