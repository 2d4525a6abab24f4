import type { AsOf, Moment } from '../contract/message.ts';
import { type Filter, parseSearch } from '../domain/query.ts';
import { ok, type Result } from '../domain/result.ts';
import { type Clocks, clocksOf, UTC } from '../domain/zone.ts';
import type { Past } from '../mirror/past.ts';
import { unknownRepository } from '../services/unknown-repository.ts';
import type { ProblemInput } from './problem.ts';
import type { Services } from './services.ts';

/** Which messages a call selects with its query. */
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

/** The filter for the selected messages, and the past that they are of, if it is not the present. */
export interface Selected {
  readonly filter: Filter;
  readonly past: Past | undefined;
}

/** Reads what a call selects, and waits until everything that was committed can be read. */
export async function select(
  selection: Selection,
  { reader, repositories }: Pick<Services, 'reader' | 'repositories'>,
): Promise<Result<Selected, ProblemInput>> {
  const filter = filterOf(selection, repositories);
  if (!filter.ok) return filter;
  const { repository } = selection;
  const ready = await reader.ready(repository);
  if (!ready.ok) return ready;
  const asOf = pastIn(selection.asOf, selection.zone);
  const past = asOf === undefined ? ok(undefined) : await reader.past(asOf, repository);
  return past.ok ? ok({ filter: filter.value, past: past.value }) : past;
}

/** Days begin in the time zone of the call, wherever they appear in it. */
function filterOf(
  { q = '', since, until, asOf: _asOf, zone, ...fields }: Selection,
  repositories: { readonly find: (name: string) => unknown; readonly names: () => readonly string[] },
): Result<Filter, ProblemInput> {
  if (fields.repository !== undefined && !repositories.find(fields.repository))
    return unknownRepository([fields.repository], repositories);
  const clocks = clocksIn(zone);
  const terms = parseSearch(q, new Date(), clocks);
  if (!terms.ok) return terms;
  return ok({
    ...fields,
    ...(since !== undefined && { since: timeOf(since, clocks) }),
    ...(until !== undefined && { until: timeOf(until, clocks) }),
    terms: terms.value,
  });
}

/** The past that a call names. A day stands for its beginning in the call's time zone. */
export const pastIn = (asOf: Moment | string | undefined, zone: string | undefined): AsOf | undefined =>
  asOf === undefined || typeof asOf === 'string' ? asOf : timeOf(asOf, clocksIn(zone));

const clocksIn = (zone: string | undefined): Clocks => (zone === undefined ? UTC : clocksOf(zone));

const timeOf = (moment: Moment, clocks: Clocks): number =>
  typeof moment === 'number' ? moment : clocks.whenShowing(Date.parse(moment.day));
