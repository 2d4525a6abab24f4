import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

interface ZipOptions {
  readonly isCompressed?: boolean;
  readonly mtime?: Date;
}

/** The bytes of a zip with these files, by path. */
export async function zipOf(
  files: Readonly<Record<string, string | Buffer | object>>,
  { isCompressed = true, mtime = new Date(0) }: ZipOptions = {},
): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) {
    const bytes = Buffer.isBuffer(content)
      ? content
      : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
    zip.addBuffer(bytes, path, { mtime, compress: isCompressed });
  }
  zip.end();
  return buffer(zip.outputStream);
}
