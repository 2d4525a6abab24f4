import { hostOf, localPath } from './address.ts';

/** What has to be known about a remote to interpret git's messages about it. */
export interface Spoken {
  readonly url: string;
  /** The folder of the clone that talks to it. */
  readonly directory: string;
  readonly branch?: string;
  /** Whether an ssh-agent can be reached, which decides whether keys with a passphrase work. */
  readonly hasAgent?: boolean;
}

/** The messages about a remote with all names removed: an address must never be mistaken for a reason. */
export interface Words {
  /** Lines from git, ssh and curl. For an ssh remote, the output of its programs is among them. */
  readonly own: string;
  /** Lines sent by the remote, which git marks with `remote:`. They can say anything. */
  readonly remote: string;
}

/** Separates the lines by who printed them, and removes every address, path and name. */
export function wordsOf(stderr: string, spoken: Spoken): Words {
  const lines = stderr.split(/[\r\n]+/);
  const remote = lines.flatMap((line) => /^remote: ?(.*)$/.exec(line)?.[1] ?? []);
  return {
    own: lines
      .filter((line) => !line.startsWith('remote:'))
      .map((line) => withoutNames(line, spoken))
      .join('\n'),
    remote: remote.map((line) => withoutBareNames(withoutNames(line, spoken), spoken)).join('\n'),
  };
}

/** Stands in for a removed name. */
const NAME = '…';

/** The places where git, ssh, curl and some hosts print a name without quotes. */
const SLOTS: readonly RegExp[] = [
  /(?<=\bresolve (?:host|hostname|proxy):? )[^\s:]+/gi,
  /(?<=\bconnect to (?:host )?)\S{1,300}(?= port\b)/gi,
  /(?<=\b(?:closed|reset) by )\S{1,300}(?= port\b)/gi,
  /(?<=\bhost key (?:is known )?for )\S+/gi,
  /(?<=\bsubject name \()[^)]*/gi,
  /(?<=\bPermission to )\S{1,500}(?= denied\b)/gi,
  /(?<=\bdenied to )\S+/gi,
  /(?<=\b(?:FATAL|DENIED): \S{1,9} )\S{1,300} \S{1,300} \S{1,300}(?= DENIED\b)/g,
  /(?<=\b(?:remote ref|refspec|remote branch) )\S+/gi,
];

/** Names that are recognised anywhere: addresses, quoted words, refs, paths, `user@host`, and repositories. */
const NAMES: readonly RegExp[] = [
  /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s'"]+/gi,
  /(?<=^|[\s(:=])(['"`])[^'"`]*\1(?=$|[\s.,:;)])/g,
  /\brefs\/[^\s'",:]+/g,
  /(?<=^|[\s(=])(?:[A-Za-z]:)?[\\/][^\s'",:;)]+/g,
  /[^\s'"@]{1,255}@[^\s'":]+/g,
  // The match starts at the beginning of a word. Otherwise every position in a long word would be tried.
  /(?<![^\s'"])[^\s'"]{1,1000}\.git\b/g,
];

function withoutNames(line: string, spoken: Spoken): string {
  const known = longNamesOf(spoken).reduce((rest, name) => rest.replaceAll(name, NAME), line);
  return [...NAMES, ...SLOTS].reduce((rest, pattern) => rest.replace(pattern, NAME), known);
}

/** Names that cannot be mistaken for a word because they contain a separator, longest first. */
function longNamesOf({ url, directory }: Spoken): string[] {
  const path = localPath(url) ?? hostOf(url)?.path ?? '';
  const inside = path.replace(/^[\\/]+|(?<![\\/])[\\/]+$/g, '');
  return [url, path, inside, inside.replace(/\.git$/, ''), directory]
    .filter((name) => /[^\\/:][\\/:][^\\/:]/.test(name))
    .sort((a, b) => b.length - a.length);
}

/** A remote's own sentences may contain a name without any mark. Losing one of their words does no harm. */
function withoutBareNames(line: string, { url, branch }: Spoken): string {
  const { host, user, path = '' } = hostOf(url) ?? {};
  const parts = (localPath(url) ?? path)
    .split(/[\\/]+/)
    .flatMap((part) => [part, part.replace(/\.git$/, '')]);
  const names = [...parts, host, user, branch].filter((name) => name !== undefined && name !== '');
  return [...new Set(names as string[])].reduce(
    (rest, name) => rest.replace(new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'g'), NAME),
    line,
  );
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A line that is safe to show: without control characters, marks that reverse text, and credentials in addresses. */
export const cleanLine = (line: string): string =>
  line
    .replace(/\p{C}+/gu, ' ')
    .replace(/\/\/[^/\s]{0,500}@/g, '//')
    .trim();
