import type { EventData } from '../../contract/events.ts';
import type { SyncResult, SyncResults } from '../../contract/repository.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import type { Connection } from '../connect.ts';
import { EXIT } from '../ending.ts';
import { type Io, print, say } from '../io.ts';
import { linesOf } from '../lines.ts';
import { progressOn } from '../progress.ts';
import { printableJson, printableLine, type Style, styleFor } from '../style.ts';
import { isSet } from '../verb.ts';

const sync =
  (verb: 'push' | 'pull'): Command =>
  async (io, given, connection) => {
    const { args } = given;
    const stopProgress = await showProgress(io, connection);
    const reply = await connection
      .send({
        method: 'POST',
        path: verb,
        json: args.length === 0 ? {} : { repositories: args },
        accepts: [502],
      })
      .finally(stopProgress);
    const answer = await readJson<SyncResults>(reply);
    if (isSet(given, 'json')) await print(io, `${printableJson(JSON.stringify(answer, null, 2))}\n`);
    else {
      const style = styleFor(io.stdout, io);
      await print(io, answer.results.map((result) => `${lineOf(result, style)}\n`).join(''));
      for (const result of answer.results.filter(({ status }) => !isWell(status)))
        say(
          io,
          `gitpost: ${result.repository}: ${printableLine(`${result.detail} ${result.action}`.trim())}`,
        );
    }
    return reply.status === 502 ? EXIT.failed : EXIT.done;
  };

export const push = sync('push');
export const pull = sync('pull');

const isWell = (status: SyncResult['status']): boolean =>
  status === 'pushed' || status === 'pulled' || status === 'up-to-date';

function lineOf({ repository, status, pushed, pulled }: SyncResult, style: Style): string {
  const state = isWell(status) ? style.good(status) : style.bad(status);
  return `${style.strong(repository)}  ${state}  ${pushed} pushed, ${pulled} pulled`;
}

/** Shows the server's progress on a terminal. Returns a function that stops it. */
async function showProgress(io: Io, { send }: Connection): Promise<() => void> {
  if (io.stderr.isTTY !== true) return () => undefined;
  const progress = progressOn(io);
  const { body } = await send({ method: 'GET', path: 'events', headers: { Accept: 'text/event-stream' } });
  const follow = async () => {
    let isProgress = false;
    for await (const line of linesOf(body)) {
      if (line.startsWith('event: ')) isProgress = line === 'event: progress';
      if (!isProgress || !line.startsWith('data: ')) continue;
      const { repository, stage, percent } = JSON.parse(line.slice(6)) as EventData<'progress'>;
      progress.show(`${repository}: ${stage}`, percent, 100);
    }
  };
  // It ends with the stream, which is closed below.
  follow().catch(() => undefined);
  return () => {
    body.destroy();
    progress.end();
  };
}
