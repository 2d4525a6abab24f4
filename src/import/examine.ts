import { type FileFacts, FileProbe } from '../domain/media/probe.ts';
import { SecretScan } from '../domain/secret-scan.ts';
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

/** Reads a file of an export to its end. Returns what it is, or why it cannot be accepted. */
export async function examine(
  content: FileContent,
  { most, guardsSecrets, take }: ExamineOptions,
): Promise<FileFacts | FileProblem> {
  if (content.size > most) return 'file-too-large';
  const probe = new FileProbe();
  const scan = new SecretScan();
  for await (const chunk of chunksOf(content)) {
    if (chunk === 'damaged') return 'file-damaged';
    probe.take(chunk);
    if (probe.size > most) return 'file-too-large';
    if (guardsSecrets) scan.take(chunk);
    await take?.(chunk);
  }
  if (probe.size === 0) return 'file-empty';
  return scan.seen.size > 0 ? 'file-with-credential' : probe.facts();
}

/** The bytes of a file. If the rest cannot be read, `damaged` comes last. */
async function* chunksOf(content: FileContent): AsyncGenerator<Buffer | 'damaged'> {
  try {
    for await (const chunk of content.read()) yield chunk;
  } catch {
    yield 'damaged';
  }
}
