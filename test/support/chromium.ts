import { execFile } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const script = fileURLToPath(new URL('unpack-chromium.mjs', import.meta.url));
const list = 'files.json';

/** An unpacked Chromium, and whether it is only for this test run. */
export interface Chromium {
  folder: string;
  temporary: boolean;
}

/** Answers the Chromium that npm brought, unpacked in the system's temporary folder, once for all test runs. */
export async function unpackedChromium(): Promise<Chromium> {
  const cache = join(tmpdir(), `gitpost-chromium-${packageVersion()}-${process.getuid?.()}`);
  if (await isComplete(cache)) return { folder: cache, temporary: false };
  const fresh = await unpack();
  await discard(cache);
  try {
    await rename(fresh, cache);
    return { folder: cache, temporary: false };
  } catch {
    // Another test run was faster, or someone else holds that name; then this copy serves this run alone.
    if (!(await isComplete(cache))) return { folder: fresh, temporary: true };
    await rm(fresh, { recursive: true, force: true });
    return { folder: cache, temporary: false };
  }
}

/** Unpacks into a private folder, so that nobody sees or makes half of it. */
async function unpack(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gitpost-chromium-'));
  const env = { PATH: process.env.PATH, HOME: folder, TMPDIR: folder };
  try {
    await run(process.execPath, [script], { env });
    await writeFile(join(folder, list), JSON.stringify(await sizes(folder)));
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Whether this is a folder of our own that nobody else can write to, with every file that was unpacked. */
async function isComplete(folder: string): Promise<boolean> {
  try {
    if (!(await isOurs(folder))) return false;
    const expected: Record<string, number> = JSON.parse(await readFile(join(folder, list), 'utf8'));
    const found = await sizes(folder);
    // Systems remove old files from their temporary folder one at a time.
    return Object.entries(expected).every(([file, size]) => found[file] === size);
  } catch {
    return false;
  }
}

async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/** Removes an incomplete folder of our own; what belongs to others is left alone. */
async function discard(folder: string): Promise<void> {
  if (!(await isOurs(folder).catch(() => false)) || (await isComplete(folder))) return;
  await rm(folder, { recursive: true, force: true });
}

async function sizes(folder: string): Promise<Record<string, number>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found = await Promise.all(
    files.map(async (file) => [file.slice(folder.length + 1), (await stat(file)).size] as const),
  );
  return Object.fromEntries(found);
}

function packageVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  return createRequire(entry)('../../package.json').version;
}
