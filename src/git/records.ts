import { StringDecoder } from 'node:string_decoder';
import { type GitContext, GitError, GitProcess } from './run.ts';

const NUL = '\0';

/**
 * Runs a command that must succeed and yields its output, split at NUL, some records at a time as they arrive. So an
 * output of any size takes no more memory than its parts. Throws a {@link GitError} if git fails.
 */
export async function* records(
  context: GitContext,
  args: readonly string[],
  input = '',
): AsyncGenerator<readonly string[]> {
  const git = new GitProcess(context, args);
  let stderr = '';
  git.onWords((text) => {
    stderr = (stderr + text).slice(-MAX_STDERR);
  });
  git.end(input);
  try {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for await (const chunk of git.output()) {
      const parts = (rest + decoder.write(chunk)).split(NUL);
      rest = parts.pop() ?? '';
      if (parts.length > 0) yield parts;
    }
    rest += decoder.end();
    if (rest !== '') yield [rest];
    const code = await git.code();
    if (code !== 0) throw new GitError(args[0] ?? '', { code, stderr });
  } finally {
    git.kill();
  }
}

const MAX_STDERR = 64 * 1024;
