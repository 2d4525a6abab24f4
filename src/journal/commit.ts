import { type Line, timeOf } from './line.ts';

/** A revision as a commit: author, time and message. */
export interface CommitText {
  readonly author: string;
  /** Seconds since 1970, never negative: remotes that check objects would refuse that. */
  readonly time: number;
  readonly message: string;
}

const SUBJECT_LENGTH = 72;
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** The commit of one revision: its first line as the subject, and trailers that no text can forge. */
export function commitTextOf(line: Line, device: string): CommitText {
  return {
    author: cleanName(line.author),
    time: Math.max(0, Math.floor(Date.parse(timeOf(line)) / 1000)),
    message: `${subjectOf(line)}\n\n${trailersOf([line.id], device)}`,
  };
}

/** The trailers of a commit, which are the last paragraph of its message. */
export function trailersOf(ids: readonly string[], device: string): string {
  return [...ids.map((id) => `Message-Id: ${id}`), `Device: ${device}`, ''].join('\n');
}

function subjectOf(line: Line): string {
  if (line.deletedAt !== undefined) return `Delete ${line.id}`;
  const prefix = line.revision > 1 ? 'Edit: ' : '';
  return shorten(prefix + withoutScissors(firstText(line.text) ?? '(no text)'));
}

/** git treats a scissors line as the end of a message, and would not see the trailers after it. */
const withoutScissors = (text: string): string =>
  /^\S? ?-+ >8 -+$/.test(text) ? text.replace('>8', '> 8') : text;

/** The first line of a text with anything visible in it, without control characters. */
function firstText(text: string): string | undefined {
  for (const line of text.split(/\r\n|[\n\r\u2028\u2029]/)) {
    const cleaned = line.replace(CONTROLS, ' ').trim();
    if (cleaned !== '') return cleaned;
  }
  return undefined;
}

function shorten(subject: string): string {
  const characters = [...subject];
  if (characters.length <= SUBJECT_LENGTH) return subject;
  return `${characters
    .slice(0, SUBJECT_LENGTH - 1)
    .join('')
    .trimEnd()}…`;
}

/** A name that git accepts: only the delimiters of git's identity line are removed, and nothing else. */
export function cleanName(name: string): string {
  const cleaned = name.replace(/[<>]/g, '').replace(CONTROLS, ' ').trim();
  return cleaned === '' ? 'unknown' : cleaned;
}
