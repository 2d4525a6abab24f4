import { useEffect, useState } from 'preact/hooks';
import { untilTomorrow } from '../../text/time.ts';

/** The time, anew each minute, for what is said relative to it. */
export function useMinute(): number {
  return useNow(oneMinute);
}

/** The time, anew when the reader's day changes. */
export function useToday(): number {
  return useNow(untilTomorrow);
}

const oneMinute = () => 60_000;

function useNow(wait: (now: number) => number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setTimeout(() => setNow(Date.now()), wait(Date.now()));
    return () => clearTimeout(timer);
  }, [now, wait]);
  return now;
}
