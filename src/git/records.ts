import { endGroup, type GitContext, GitError, startGit } from './run.ts';

const NUL = '\0';

/**
 * Runs a command that must succeed and hands over what it prints, cut at NUL, some records at a time as they come: so
 * that an answer of any size takes no more memory than its parts. Throws a {@link GitError} where git fails.
 */
export async function* records(
  context: GitContext,
  args: readonly string[],
  input = '',
): AsyncGenerator<readonly string[]> {
  const child = startGit(context, args);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR);
  });
  child.stdin.end(input);
  try {
    let rest = '';
    for await (const chunk of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      const parts = (rest + chunk).split(NUL);
      rest = parts.pop() ?? '';
      if (parts.length > 0) yield parts;
    }
    if (rest !== '') yield [rest];
    const code = await ended;
    if (code !== 0) throw new GitError(args[0] ?? '', { code, stderr });
  } finally {
    endGroup(child.pid);
  }
}

const MAX_STDERR = 64 * 1024;
