/** An entry of a day. */
interface DayPart {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly text: string;
}

/** A daily note: the entries with a time, and the rest. */
export interface Day {
  readonly parts: readonly DayPart[];
  readonly rest: string;
}

/** `- 10:05 text`, `* **10:05** text`, `- [ ] 10:05 text`. */
const TIMED =
  /^[-*+] (\[[ xX]\] )?(?:\*\*)?(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\*\*)?(?:[ \t]{1,5}[-–—:])?[ \t]{1,5}(\S[^\n]*)$/;

/** Separates the bullets that start with a time. Anything indented below a bullet belongs to it. */
export function dayOf(note: string): Day {
  const parts: { hour: number; minute: number; second: number; lines: string[] }[] = [];
  const rest: string[] = [];
  let open: string[] | undefined;
  for (const line of note.split('\n')) {
    const match = TIMED.exec(line);
    const [, box = '', hour = '', minute = '', second = '0', text = ''] = match ?? [];
    if (match && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60) {
      open = [box === '' ? text : `- ${box}${text}`];
      parts.push({ hour: Number(hour), minute: Number(minute), second: Number(second), lines: open });
    } else if (open && (line.trim() === '' || /^[ \t]/.test(line))) {
      open.push(line.replace(/^(?: {1,4}|\t)/, ''));
    } else {
      open = undefined;
      rest.push(line);
    }
  }
  return {
    parts: parts.map(({ lines, ...time }) => ({ ...time, text: lines.join('\n').trim() })),
    rest: rest.join('\n').trim(),
  };
}
