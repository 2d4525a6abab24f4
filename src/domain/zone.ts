/** A time as shown on a clock. Months are 1 to 12. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second?: number | undefined;
}

const DAY_MS = 86_400_000;
const QUARTER_MS = 900_000;
const MOST_KEPT = 50_000;

/** Whether a name is a time zone such as `Europe/Berlin`. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** The clocks of a zone. A time shown by them is represented by the moment at which a UTC clock shows the same. */
export interface Clocks {
  /** The time they show at a moment. */
  readonly shownAt: (instant: number) => number;
  /**
   * The moment at which they show a time. If there are two, because clocks are set back, it is the first. A time in
   * the skipped hour is treated as if the hour were not skipped.
   */
  readonly whenShowing: (shown: number) => number;
}

/** Creates a function that finds the moment, in milliseconds since 1970, at which the clocks of a zone show a time. */
export function clockOf(zone: string): (local: LocalTime) => number | undefined {
  const { whenShowing } = clocksOf(zone);
  return (local) => {
    const shown = utcOf(local);
    return shown === undefined ? undefined : whenShowing(shown);
  };
}

export function clocksOf(zone: string): Clocks {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', era: 'short' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  const known = new Map<number, number>();
  const offsetAt = (instant: number): number => {
    // No zone changes its clocks within a quarter of an hour.
    const quarter = Math.floor(instant / QUARTER_MS);
    const kept = known.get(quarter);
    if (kept !== undefined) return kept;
    const shown = Object.fromEntries(
      format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, value]),
    );
    const read = (part: string): number => Number(shown[part]);
    const asUtc = Date.UTC(
      read('year'),
      read('month') - 1,
      read('day'),
      read('hour'),
      read('minute'),
      read('second'),
    );
    if (known.size > MOST_KEPT) known.clear();
    known.set(quarter, asUtc - quarter * QUARTER_MS);
    return asUtc - quarter * QUARTER_MS;
  };
  return {
    shownAt: (instant) => instant + offsetAt(instant),
    whenShowing(shown) {
      const offsets = [offsetAt(shown - DAY_MS), offsetAt(shown + DAY_MS)];
      for (const offset of offsets) if (offsetAt(shown - offset) === offset) return shown - offset;
      return shown - (offsets[0] as number);
    },
  };
}

/** The clocks of UTC, which show the moment itself. */
export const UTC: Clocks = { shownAt: (instant) => instant, whenShowing: (shown) => shown };

/** The moment at which a UTC clock shows a time; `undefined` if the time does not exist, such as 30 February. */
function utcOf({ year, month, day, hour, minute, second = 0 }: LocalTime): number | undefined {
  const instant = Date.UTC(year, month - 1, day, hour, minute, second);
  const isReal = new Date(instant).getUTCDate() === day && month >= 1 && month <= 12;
  return isReal && hour < 24 && minute < 60 && second < 61 && year >= 1970 && year < 10_000
    ? instant
    : undefined;
}
