import { type GitContext, run } from './run.ts';

/** What `git fsck` complains of, a line each; empty where every object is there and whole. */
export async function brokenObjects(context: GitContext, signal?: AbortSignal): Promise<string[]> {
  // Reflogs may name what was pruned, as after a purge, and unreachable objects are nobody's loss.
  const args = ['fsck', '--no-dangling', '--no-reflogs', '--no-progress'];
  const { code, stdout, stderr } = await run(context, args, signal ? { signal } : {});
  if (code === 0) return [];
  const lines = `${stdout.toString('utf8')}\n${stderr}`.split('\n').map((line) => line.trim());
  const complaints = lines.filter((line) => line !== '' && !/^(notice|warning|Checking)\b/.test(line));
  return complaints.length > 0 ? [...new Set(complaints)] : [`git fsck ended with ${code ?? 'a signal'}`];
}
