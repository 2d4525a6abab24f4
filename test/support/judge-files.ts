import { type Api, expected, type Message } from './api.ts';
import { fetchFile, hashOf } from './files.ts';
import { git } from './git.ts';
import { journalLines } from './journal.ts';
import { readBlobs } from './judge-branch.ts';
import { sampleOf } from './sample-files.ts';

/** The attachments of a commit, read with plain git: the hash of what each one holds, by its path. */
async function attachmentsAt(clone: string, revision: string): Promise<Map<string, string>> {
  const list = await git(clone, 'ls-tree', '-r', '-z', revision, '--', 'attachments/');
  const entries = list.split('\0').flatMap((entry) => {
    const [, id, path] = /^100644 blob (\w+)\t(.*)$/s.exec(entry) ?? [];
    return id === undefined || path === undefined ? [] : [{ id, path }];
  });
  const blobs = await readBlobs(
    clone,
    entries.map(({ id }) => id),
  );
  return new Map(entries.map(({ id, path }) => [path, hashOf(blobs.get(id) ?? Buffer.alloc(0))]));
}

/** Which of some files a commit does not have, each at its path and with its bytes, as sentences. */
export async function missingAt(
  clone: string,
  revision: string,
  wanted: Iterable<string>,
): Promise<string[]> {
  const hashes = [...new Set(wanted)];
  if (hashes.length === 0) return [];
  const found = await attachmentsAt(clone, revision);
  return hashes.flatMap((sha256) => {
    const start = `attachments/${sha256.slice(0, 2)}/${sha256}`;
    const paths = [...found].filter(([path]) => path.startsWith(start));
    if (paths.some(([, held]) => held === sha256)) return [];
    const { name } = sampleOf(sha256);
    const what = paths.length === 0 ? 'has no file' : 'has other bytes in the file';
    return [`LOST: ${revision} of ${clone} ${what} "${name}" (${sha256})`];
  });
}

/** Every file that a line of the branch names and the branch does not have. A file is in the commit of its line. */
export async function missingOnBranch(clone: string, branch = 'main'): Promise<string[]> {
  const named = (await journalLines(clone, branch)).flatMap(({ value }) => hashesIn(value));
  return missingAt(clone, branch, named);
}

/** The files that a line or a message names. */
function hashesIn(value: object): string[] {
  const { attachments = [] } = value as { readonly attachments?: readonly { readonly sha256: string }[] };
  return attachments.map(({ sha256 }) => sha256);
}

/** Which files of the messages that exist cannot be downloaded as they were uploaded, as sentences. */
export async function notDownloaded(api: Api): Promise<string[]> {
  const messages = expected<Message[]>(await api.get('/messages'), 200);
  const wrong: string[] = [];
  for (const sha256 of new Set(messages.flatMap(hashesIn))) {
    const { status, bytes } = await fetchFile(api, sha256);
    const isRight = status === 200 && bytes.equals(sampleOf(sha256).bytes);
    if (!isRight)
      wrong.push(`"${sampleOf(sha256).name}" (${sha256}) is answered ${status}, ${bytes.length} bytes`);
  }
  return wrong;
}
