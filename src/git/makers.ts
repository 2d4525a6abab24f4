import { type GitContext, output } from './run.ts';

/** Who made a commit, when, and on which device; `null` if it names none, or something that is not a device id. */
export interface Maker {
  readonly committer: string;
  readonly at: string;
  readonly device: string | null;
}

const DEVICE = /^[a-z0-9-]{1,32}$/;

/** The maker of each commit. Commits that no longer exist are left out. */
export async function makersOf(
  context: GitContext,
  commits: readonly string[],
): Promise<ReadonlyMap<string, Maker>> {
  // Without a commit, git would show HEAD.
  if (commits.length === 0) return new Map();
  const format =
    '--format=%H%x00%cn%x00%ct%x00%(trailers:key=Device,valueonly,separator=%x2C,unfold=true)%x00';
  const args = ['log', '--no-walk=unsorted', '--ignore-missing', '--stdin', '--encoding=UTF-8'];
  const input = `${commits.join('\n')}\n`;
  const fields = (await output(context, [...args, format], { input })).toString('utf8').split('\0');
  const makers = new Map<string, Maker>();
  for (let index = 0; index + 3 < fields.length; index += 4) {
    const [commit = '', committer = '', seconds = '', devices = ''] = fields.slice(index, index + 4);
    const at = new Date(Number(seconds) * 1000);
    const device = devices.split(',').at(-1)?.trim() ?? '';
    makers.set(commit.trim(), {
      committer,
      at: Number.isNaN(at.getTime()) ? new Date(0).toISOString() : at.toISOString(),
      device: DEVICE.test(device) ? device : null,
    });
  }
  return makers;
}
