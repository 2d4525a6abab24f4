import { type GitContext, run } from './run.ts';

/** The complaints of `git fsck`, one line each. Both lists are empty if everything is in order. */
export interface Complaints {
  /** Objects that are missing or corrupt, broken links, and anything git could not check. */
  readonly damage: readonly string[];
  /** Objects that are intact but whose content git considers unwise, such as a path in a `.gitmodules`. */
  readonly content: readonly string[];
}

/**
 * A complaint about an object's content. git names the object by kind and id, then the rule by one word. Anyone who
 * may push can cause one on purpose, and it never goes away, so it must not be mistaken for damage.
 */
const ABOUT_CONTENT = /^error in (blob|tree|commit|tag) [0-9a-f]{40,64}(?: \([^)]*\))?: [A-Za-z0-9]+: /;

/** Checks every object of a clone. */
export async function checkIntegrity(context: GitContext, signal?: AbortSignal): Promise<Complaints> {
  // Reflogs may name pruned objects, for example after a purge, and missing unreachable objects are no loss.
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
