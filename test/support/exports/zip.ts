import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

interface ZipOptions {
  readonly isCompressed?: boolean;
  readonly mtime?: Date;
  /** Whether times have no zone, as in zips of Windows. */
  readonly forceDosTimestamp?: boolean;
}

/** The bytes of a zip with these files, by path. */
export async function zipOf(
  files: Readonly<Record<string, string | Buffer | object>>,
  { isCompressed = true, mtime = new Date(0), forceDosTimestamp = false }: ZipOptions = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.isBuffer(content)
      ? content
      : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    zip.addBuffer(bytes, path, { mtime, compress: isCompressed, forceDosTimestamp });
  }
  zip.end();
  return buffer(zip.outputStream);
}
