import { verifyFolders } from './verify-folders.ts';

// Node prints what simple-git would log, environment and all, where this is set.
delete process.env.DEBUG;

process.exitCode = await verifyFolders(process.env, process.cwd());
