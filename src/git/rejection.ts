import type { Place, Trouble } from '../domain/repository.ts';
import { hostOf, localPath } from './address.ts';
import { cleanLine, type Spoken, wordsOf } from './words.ts';

interface Rule {
  readonly words: RegExp;
  readonly detail: string;
  readonly action: string | ((spoken: Spoken) => string);
}

const PURGE =
  'Editing or deleting a message does not take it out of the history: docs/sync.md says how to do that on every machine.';

/**
 * Why a remote refuses a push, by GitHub's codes (`GH001` and so on) and the wording of other hosts. The rules are
 * matched against the text without names; see {@link wordsOf}. The first rule that matches applies.
 */
const RULES: readonly Rule[] = [
  {
    words: /shallow update not allowed/i,
    detail:
      'The remote refused the push, because old commits are missing: this clone is shallow, or it has a part of its history from one that is.',
    action: ({ directory }) =>
      `Get the missing commits from a repository that has all of them (git -C ${directory} fetch --unshallow <its address>), and push again.`,
  },
  {
    words: /branch is currently checked out|refusing to update checked out branch/i,
    detail:
      'The remote refused the push, because it is a repository with a work tree, and this branch is checked out there.',
    action: ({ url }) =>
      'Push to a bare repository instead (git init --bare), or check out another branch there, or let its work tree follow: ' +
      `git -C ${localPath(url) ?? '<its folder>'} config receive.denyCurrentBranch updateInstead.`,
  },
  {
    words: /No space left on device|Disk quota exceeded/i,
    detail: 'The disk of the remote is full, so nothing was accepted.',
    action: 'Free some space there, then push again.',
  },
  {
    words: /Read-only file system|unable to create temporary object directory|insufficient permission/i,
    detail: 'The remote cannot be written to: its disk is read-only, or its folder belongs to another user.',
    action: 'Make it writable for the user who receives the push, and push again.',
  },
  {
    words: /fsck error in pack/i,
    detail: 'The remote checks what it receives, and rejected something in it.',
    action:
      'Its answer names the object and the rule. Change the setting there (receive.fsck.<rule>, receive.fsckObjects), or use another repository: what is in the history stays there.',
  },
  {
    words: /… exists; cannot create/i,
    detail:
      'The remote refused the push, because it has another branch whose name is the beginning of this one, or begins with it.',
    action: 'Delete or rename one of the two branches. git cannot have both.',
  },
  {
    words: /Unable to create …: File exists|Another git process seems to be running/i,
    detail: 'Another git process holds a lock in the remote, or left it behind when it was killed.',
    action: 'If no git process is using the remote, delete the file that it names, then push again.',
  },
  {
    words: /\bDENIED by\b/,
    detail: 'The remote does not let you push to this branch.',
    action: 'Ask the people who run it for write access to the branch, or switch gitpost to another branch.',
  },
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
      'Let this account push to the branch in the settings of the repository, or switch gitpost to another branch: ' +
      'on the page, with PATCH /repositories/<name>, or in REPOSITORIES.',
  },
  {
    words: /GH013|repository rule violations/i,
    detail: 'The remote refused the push, because of a rule of the repository.',
    action: 'Change the rule, or let this account bypass it, then push again.',
  },
  {
    words: /GH001|large files detected|exceeds .{0,200}file size limit/i,
    detail: 'The remote refused the push, because a file in it is too large.',
    action: 'Take the file out of the commits that were not pushed yet, with plain git, and push again.',
  },
  {
    words: /pack exceeds maximum allowed size/i,
    detail: 'The remote refused the push, because it is too large for a single push.',
    action:
      'Push it in parts with plain git: git push origin <an older commit>:<branch>, then a newer one, then push here again.',
  },
  {
    words: /GH008|git[- ]lfs/i,
    detail: 'The remote refused the push, because files that Git LFS keeps are missing there.',
    action: 'Send them with git lfs push --all origin in the clone, and push again.',
  },
  {
    words: /\barchived\b|\bread-only\b/i,
    detail: 'The remote refused the push, because the repository is archived or read-only.',
    action: 'Unarchive it, or use another repository.',
  },
  {
    words: /pre-receive hook|hook declined/i,
    detail: 'A hook of the remote refused the push.',
    action: 'See what it objects to, fix that or change the hook, then push again.',
  },
];

const OTHER: Omit<Rule, 'words'> = {
  detail: 'The remote refused the push.',
  action: 'Fix what it objects to, or change the rule on the remote, then push again.',
};

const MOST_WORDS = 600;
const MOST_PLACES = 10;

/**
 * What it means to a person that a remote refused a push.
 *
 * @param reason what is next to the ref in git's answer
 * @param stderr what git printed, including the remote's own text
 */
export function rejection(reason: string, stderr: string, spoken: Spoken): Trouble {
  const words = wordsOf(`${reason}\n${stderr}`, spoken);
  const said = `${words.own}\n${words.remote}`;
  const { detail, action } = RULES.find((rule) => rule.words.test(said)) ?? OTHER;
  const remote = remoteLines(stderr);
  const shown = [cleanLine(reason), ...remote.map(plain)].filter((line) => line !== '');
  const places = placesIn(remote);
  return {
    status: 'rejected',
    detail: `${detail} (${shown.join('; ').slice(0, MOST_WORDS)})`,
    action:
      `Nothing is lost here, and messages are captured as before. ` +
      `${typeof action === 'string' ? action : action(spoken)}${unblocking(remote, spoken)}`,
    ...(places.length === 0 ? {} : { places }),
  };
}

/** What the remote says, without git's prefix, control characters and empty lines. */
function remoteLines(stderr: string): string[] {
  return stderr
    .split(/[\r\n]+/)
    .flatMap((line) => /^remote: ?(.*)$/.exec(line)?.[1] ?? [])
    .map(cleanLine)
    .filter((line) => line !== '');
}

/**
 * A line in a form that fits into a sentence: without rules, bullets, and the places, which are reported separately.
 */
const plain = (line: string): string =>
  /^(- )?(locations|commit|path):/.test(line) ? '' : line.replace(/[—=_*]{2,}|-{2,}|^[-*•] /g, '').trim();

/**
 * The places that the remote objects to. GitHub's push protection prints `commit: <id>` and then `path:
 * <file>:<line>`. GitLab's names the commit in a sentence and then prints `-- <file>:<line> | <kind>`.
 */
function placesIn(lines: readonly string[]): Place[] {
  const places: Place[] = [];
  let commit: string | null = null;
  for (const line of lines) {
    commit = /\bcommit: ([0-9a-f]{7,64})\b/i.exec(line)?.[1] ?? commit;
    const [, path, number] = /^(?:path: |-- )(.+?):(\d{1,9})(?: \||$)/.exec(line) ?? [];
    if (path !== undefined && places.length < MOST_PLACES)
      places.push({ commit, path, line: Number(number) });
  }
  return places;
}

/**
 * The pages on which the remote offers to allow a credential. Anyone can print an address, so it must be on the
 * remote's own host.
 */
function unblocking(lines: readonly string[], { url }: Spoken): string {
  const own = hostOf(url)?.host.replace(/^ssh\./, '');
  const pages = lines
    .flatMap((line) => /https:\/\/\S{1,500}\/unblock-secret\/[\w-]{1,200}/.exec(line)?.[0] ?? [])
    .filter((page) => URL.canParse(page) && new URL(page).hostname === own);
  return pages.length === 0 ? '' : ` To allow it: ${pages.slice(0, 3).join(' ')}`;
}
