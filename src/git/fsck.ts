import { type GitContext, run } from './run.ts';

/** What `git fsck` complains about, one line each. Both lists are empty when everything is in order. */
export interface Complaints {
  /** Objects that are missing or corrupt, links that lead nowhere, anything git could not check. */
  readonly damage: readonly string[];
  /** Objects that are complete, and whose content git thinks is unwise, such as a path in a `.gitmodules`. */
  readonly content: readonly string[];
}

/**
 * A complaint about what an object says. git names the object by its kind and id, then the rule by one word. Anyone who
 * may push can cause one on purpose, and it never goes away, so it must not be mistaken for damage.
 */
const ABOUT_CONTENT = /^error in (blob|tree|commit|tag) [0-9a-f]{40,64}(?: \([^)]*\))?: [A-Za-z0-9]+: /;

/** Checks every object of a clone. */
export async function checkIntegrity(context: GitContext, signal?: AbortSignal): Promise<Complaints> {
  // Reflogs may name what was pruned, as after a purge, and unreachable objects are nobody's loss.
  const args = ['fsck', '--no-dangling', '--no-reflogs', '--no-progress'];
  const { code, stdout, stderr } = await run(context, args, signal ? { signal } : {});
  if (code === 0) return { damage: [], content: [] };
  const lines = `${stdout.toString('utf8')}\n${stderr}`.split('\n').map((line) => line.trim());
  const complaints = new Set(
    lines.filter((line) => line !== '' && !/^(notice|warning|Checking)\b/.test(line)),
  );
  if (complaints.size === 0) return { damage: [`git fsck ended with ${code ?? 'a signal'}`], content: [] };
  return {
    damage: [...complaints].filter((line) => !ABOUT_CONTENT.test(line)),
    content: [...complaints].filter((line) => ABOUT_CONTENT.test(line)),
  };
}
