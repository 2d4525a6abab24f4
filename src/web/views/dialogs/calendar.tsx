import { useEffect, useRef, useState } from 'preact/hooks';
import { type CalendarDay, dayWithCount, weekdays, weeksOf, yearBefore } from '../../text/calendar.ts';
import { dayAfter } from '../../text/time.ts';

interface Props {
  /** The last day that is shown. */
  readonly last: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly onPick: (day: string) => void;
}

/** A year of days, with one column per week. One day is in the tab order, and the arrow keys move to the others. */
export function Calendar({ last, counts, onPick }: Props) {
  const [focused, setFocused] = useState(last);
  const scroller = useRef<HTMLDivElement>(null);
  const weeks = weeksOf(last, counts);
  useEffect(() => {
    setFocused(last);
    // The newest weeks should be in view. The dialog only gets its size in the next frame.
    const frame = requestAnimationFrame(() =>
      scroller.current?.scrollTo({ left: scroller.current.scrollWidth }),
    );
    return () => cancelAnimationFrame(frame);
  }, [last]);

  const move = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = dayAfter(focused, step);
    if (next < yearBefore(last) || next > last) return;
    setFocused(next);
    scroller.current?.querySelector<HTMLElement>(`[data-day="${next}"]`)?.focus();
  };
  return (
    <div class="calendar" ref={scroller}>
      <table class="calendar-table">
        <caption class="unseen">Messages per day. Use the arrow keys to move between days.</caption>
        {/* Each day's own label includes the month. */}
        <thead aria-hidden="true">
          <tr>
            <td />
            {weeks.map(({ month, days }) => (
              <td key={days[0]?.day}>
                <span>{month}</span>
              </td>
            ))}
          </tr>
        </thead>
        <tbody>
          {weekdays().map((name, weekday) => (
            <tr key={name}>
              <th scope="row">{weekday % 2 === 0 ? name : <span class="unseen">{name}</span>}</th>
              {weeks.map(({ days }) => (
                <td key={days[0]?.day}>
                  {days[weekday]?.isIn && (
                    <Day
                      day={days[weekday]}
                      isFocused={days[weekday].day === focused}
                      onKeyDown={move}
                      onPick={onPick}
                    />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -7, ArrowRight: 7 };

interface DayProps {
  readonly day: CalendarDay;
  readonly isFocused: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onPick: (day: string) => void;
}

function Day({ day, isFocused, onKeyDown, onPick }: DayProps) {
  const words = dayWithCount(day);
  return (
    <button
      type="button"
      class="calendar-day"
      data-day={day.day}
      data-level={day.level}
      aria-label={words}
      title={words}
      tabIndex={isFocused ? 0 : -1}
      onKeyDown={onKeyDown}
      onClick={() => onPick(day.day)}
    />
  );
}
