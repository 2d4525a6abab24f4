import type { Place, Trouble } from '../domain/repository.ts';

interface Rule {
  readonly words: RegExp;
  readonly detail: string;
  readonly action: string;
}

const PURGE =
  'Editing or deleting a message does not take it out of the history: docs/sync.md says how to do that on every machine.';

/**
 * Why a remote refuses a push, by the codes of GitHub (`GH001` and so on) and the words of others, as they stand in what
 * it says. The first rule that fits counts.
 */
const RULES: readonly Rule[] = [
  {
    words: /GH009|push cannot contain secrets|secrets? (was |were )?detected|secret push protection/i,
    detail: 'The remote refused the push, because it found a credential in what was to be sent.',
    action: `Revoke the credential first. Then allow it on the page that the remote names, or take it out of the history. ${PURGE}`,
  },
  {
    words: /GH007|private e-?mail address/i,
    detail:
      'GitHub refused the push, because the commits name an e-mail address that its owner keeps private.',
    action:
      'Allow it under "Block command line pushes that expose my email" in your e-mail settings on GitHub, and push again. ' +
      'For the next messages set AUTHOR_EMAIL to your address at users.noreply.github.com.',
  },
  {
    words: /GH006|protected branch/i,
    detail: 'The remote refused the push, because the branch is protected.',
    action:
      'Let this account push to the branch in the settings of the repository, or capture to another branch: ' +
      'PATCH /repositories/<name> with its name, or REPOSITORIES.',
  },
  {
    words: /GH013|repository rule violations/i,
    detail: 'The remote refused the push, because of a rule of the repository.',
    action: 'Change the rule, or add this account to those that may pass it, and push again.',
  },
  {
    words: /GH001|large files detected|exceeds .*file size limit/i,
    detail: 'The remote refused the push, because a file in it is too large.',
    action: 'Take the file out of the commits that were not pushed yet, with plain git, and push again.',
  },
  {
    words: /pack exceeds maximum allowed size/i,
    detail: 'The remote refused the push, because it is too large for one.',
    action:
      'Push it in parts with plain git: git push origin <an older commit>:<branch>, then a newer one, then push here again.',
  },
  {
    words: /GH008|git[- ]lfs/i,
    detail: 'The remote refused the push, because it lacks files that Git LFS keeps.',
    action: 'Send them with git lfs push --all origin in the clone, and push again.',
  },
  {
    words: /archived|read-only/i,
    detail: 'The remote refused the push, because the repository is archived or read-only.',
    action: 'Take it out of the archive, or name another repository.',
  },
  {
    words: /pre-receive hook|hook declined/i,
    detail: 'A hook of the remote refused the push.',
    action: 'See what it objects to, change that or the hook, and push again.',
  },
];

const OTHER: Omit<Rule, 'words'> = {
  detail: 'The remote refused the push.',
  action: 'Change the rule on the remote, or what it objects to, and push again.',
};

const MOST_WORDS = 600;
const MOST_PLACES = 10;

/**
 * What it means that a remote refused a push by a rule or a hook of its own.
 *
 * @param reason what stands beside the ref in git's answer
 * @param stderr what git printed, with the remote's own words
 */
export function rejection(reason: string, stderr: string): Trouble {
  const remote = remoteLines(stderr);
  const said = [reason, ...remote].join('\n');
  const { detail, action } = RULES.find(({ words }) => words.test(said)) ?? OTHER;
  const words = [reason, ...remote.map(plain).filter((line) => line !== '')].join('; ').slice(0, MOST_WORDS);
  const places = placesIn(remote);
  return {
    status: 'rejected',
    detail: `${detail} (${words})`,
    action: `Nothing is lost here, and messages are captured as before. ${action}${unblocking(remote)}`,
    ...(places.length === 0 ? {} : { places }),
  };
}

/** What the remote says, without git's prefix, controls and the lines that only decorate. */
function remoteLines(stderr: string): string[] {
  return stderr
    .split(/[\r\n]+/)
    .flatMap((line) => /^remote: ?(.*)$/.exec(line)?.[1] ?? [])
    .map((line) =>
      line
        .replace(/\p{C}+/gu, ' ')
        .replace(/\/\/[^/@\s]+@/g, '//')
        .trim(),
    )
    .filter((line) => line !== '');
}

/** A line as a sentence can hold it: no rules or bullets, and nothing of the places, which are told on their own. */
const plain = (line: string): string =>
  /^(- )?(locations|commit|path):/.test(line) ? '' : line.replace(/[—=_*]{2,}|-{2,}|^[-*•] /g, '').trim();

/**
 * The places that the remote objects to. GitHub's push protection names `commit: <id>` and then `path: <file>:<line>`;
 * GitLab's names the commit in a sentence and then `-- <file>:<line> | <kind>`.
 */
function placesIn(lines: readonly string[]): Place[] {
  const places: Place[] = [];
  let commit: string | null = null;
  for (const line of lines) {
    commit = /\bcommit: ([0-9a-f]{7,64})\b/i.exec(line)?.[1] ?? commit;
    const [, path, number] = /^(?:path: |-- )(.+?):(\d{1,9})(?: \|.*)?$/.exec(line) ?? [];
    if (path !== undefined && places.length < MOST_PLACES)
      places.push({ commit, path, line: Number(number) });
  }
  return places;
}

/** Where the remote offers to let a credential pass, the address of that page. */
function unblocking(lines: readonly string[]): string {
  const pages = lines.flatMap((line) => /https?:\/\/\S+\/unblock-secret\/\S+/.exec(line)?.[0] ?? []);
  return pages.length === 0 ? '' : ` To allow it: ${pages.slice(0, 3).join(' ')}`;
}
