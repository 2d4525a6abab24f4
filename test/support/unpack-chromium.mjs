// Unpacks the browser of @sparticuz/chromium into the folder that TMPDIR names. It runs as a process of its
// own, since the package sets LD_LIBRARY_PATH in its process, where git's processes would inherit it.
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The package unpacks its system libraries only where it believes to be on Amazon's servers.
process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x';
// As root, its archive library would give the files to their packer's user id, which a container may not have.
process.getuid = undefined;

const { default: chromium } = await import('@sparticuz/chromium');
await chromium.executablePath();

// Its own configuration of fonts has fixed paths. These are relative, since the folder is renamed afterwards.
const fonts = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
await writeFile(join(tmpdir(), 'fonts.conf'), fonts);
