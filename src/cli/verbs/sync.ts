import type { SyncResult, SyncResults } from '../../contract/repository.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../ending.ts';
import { print, say } from '../io.ts';
import { printableJson, printableLine, type Style, styleFor } from '../style.ts';
import { isSet } from '../verb.ts';

const sync =
  (verb: 'push' | 'pull'): Command =>
  async (io, given, connection) => {
    const { args } = given;
    const reply = await connection.send({
      method: 'POST',
      path: verb,
      json: args.length === 0 ? {} : { repositories: args },
      accepts: [502],
    });
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
