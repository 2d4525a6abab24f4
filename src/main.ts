import { serve } from './serve.ts';

// If this is set, simple-git logs to the console, environment and all.
delete process.env.DEBUG;

await serve(process.env, process.cwd());
