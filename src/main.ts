import { serve } from './serve.ts';

// Node prints what simple-git would log, environment and all, where this is set.
delete process.env.DEBUG;

await serve(process.env, process.cwd());
