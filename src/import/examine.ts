import { type FileFacts, FileProbe } from '../domain/media/probe.ts';
import { isTextType } from '../domain/media/types.ts';
import { secretsIn } from '../domain/secrets.ts';
import type { FileContent } from './files.ts';

/** Why a file of an export is left out. */
export type FileProblem = 'file-damaged' | 'file-empty' | 'file-too-large' | 'file-with-credential';

export interface ExamineOptions {
  /** The largest file, in bytes. */
  readonly most: number;
  /** Whether a text that seems to hold a credential is left out. */
  readonly guardsSecrets: boolean;
  /** Is given each piece as it is read. */
  readonly take?: (chunk: Buffer) => Promise<unknown>;
}

/** No credential is longer; neighbouring pieces of a text share so many bytes, so none is cut in two. */
const LONGEST_SECRET = 4096;

/** Reads a file of an export to its end, and says what it is, or why it cannot be taken. */
export async function examine(
  content: FileContent,
  { most, guardsSecrets, take }: ExamineOptions,
): Promise<FileFacts | FileProblem> {
  if (content.size > most) return 'file-too-large';
  const probe = new FileProbe();
  let end: Buffer | undefined = Buffer.alloc(0);
  let hasSecret = false;
  for await (const chunk of chunksOf(content)) {
    if (chunk === 'damaged') return 'file-damaged';
    probe.take(chunk);
    if (probe.size > most) return 'file-too-large';
    // A file with a NUL is no text, whatever else it holds.
    if (chunk.includes(0)) end = undefined;
    if (end && guardsSecrets && !hasSecret) {
      const piece: Buffer = Buffer.concat([end, chunk]);
      hasSecret = secretsIn(piece.toString('utf8')).length > 0;
      end = piece.subarray(-LONGEST_SECRET);
    }
    await take?.(chunk);
  }
  if (probe.size === 0) return 'file-empty';
  const facts = probe.facts();
  return hasSecret && isTextType(facts.type) ? 'file-with-credential' : facts;
}

/** The bytes of a file, and at the end of what can be read whether the rest cannot. */
async function* chunksOf(content: FileContent): AsyncGenerator<Buffer | 'damaged'> {
  try {
    for await (const chunk of content.read()) yield chunk;
  } catch {
    yield 'damaged';
  }
}
