import { type FileFacts, FileProbe } from '../domain/media/probe.ts';
import { isTextType } from '../domain/media/types.ts';
import { secretsIn } from '../domain/secrets.ts';
import type { FileContent } from './files.ts';

/** Why a file of an export is left out. */
export type FileProblem = 'file-damaged' | 'file-empty' | 'file-too-large' | 'file-with-credential';

export interface ExamineOptions {
  /** The size limit for a file, in bytes. */
  readonly most: number;
  /** Whether a text that seems to contain a credential is left out. */
  readonly guardsSecrets: boolean;
  /** Called with each chunk as it is read. */
  readonly take?: (chunk: Buffer) => Promise<unknown>;
}

/** The longest credential, in bytes. Neighbouring chunks of a text overlap by this much, so none is cut in two. */
const LONGEST_SECRET = 4096;

/** Reads a file of an export to its end. Returns what it is, or why it cannot be accepted. */
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
    // A file with a NUL is not text, whatever else it contains.
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

/** The bytes of a file. If the rest cannot be read, `damaged` comes last. */
async function* chunksOf(content: FileContent): AsyncGenerator<Buffer | 'damaged'> {
  try {
    for await (const chunk of content.read()) yield chunk;
  } catch {
    yield 'damaged';
  }
}
