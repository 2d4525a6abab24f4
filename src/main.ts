import { startLauncher } from './git/launcher/launcher.ts';
import { launcherScript } from './package.ts';

// If this is set, simple-git logs to the console, including the environment.
delete process.env.DEBUG;

// It starts while the rest of the program is being loaded.
const launcher = startLauncher(launcherScript);
const { serve } = await import('./serve.ts');
await serve(process.env, process.cwd(), launcher);
