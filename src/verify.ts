import { verifyFolders } from './verify-folders.ts';

// If this is set, simple-git logs to the console, including the environment.
delete process.env.DEBUG;

process.exitCode = await verifyFolders(process.env, process.cwd());
