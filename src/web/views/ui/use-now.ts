import { useEffect, useState } from 'preact/hooks';
import { untilTomorrow } from '../../text/time.ts';

/** The current time, updated every minute, for relative times. */
export function useMinute(): number {
  return useNow(oneMinute);
}

/** The current time, updated when the day changes in the reader's time zone. */
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
