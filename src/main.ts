import { serve } from './serve.ts';

// If this is set, simple-git logs to the console, including the environment.
delete process.env.DEBUG;

await serve(process.env, process.cwd());
