import type { RepositoryStatus } from '../../contract/repository.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import { Ending, EXIT } from '../ending.ts';
import { print } from '../io.ts';
import { printableJson, printableLine, type Style, styleFor } from '../style.ts';
import { isSet } from '../verb.ts';
import { counted } from '../words.ts';

export const status: Command = async (io, given, connection) => {
  // A clone that is being opened cannot report anything yet. A read waits for that.
  await (await connection.send({ method: 'GET', path: 'messages?limit=1', accepts: [503] })).body.resume();
  const all = await readJson<RepositoryStatus[]>(
    await connection.send({ method: 'GET', path: 'repositories' }),
  );
  const unknown = given.args.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new Ending(
      EXIT.failed,
      `There is no repository ${JSON.stringify(unknown)}. There are: ${all.map(({ name }) => name).join(', ')}.`,
    );
  const shown = given.args.length === 0 ? all : all.filter(({ name }) => given.args.includes(name));
  const style = styleFor(io.stdout, io);
  if (isSet(given, 'json')) await print(io, `${printableJson(JSON.stringify(shown, null, 2))}\n`);
  else if (isSet(given, 'ndjson'))
    await print(io, shown.map((one) => `${printableJson(JSON.stringify(one))}\n`).join(''));
  else await print(io, shown.map((one) => blockOf(one, style)).join('\n'));
  return shown.every(isWell) ? EXIT.done : EXIT.failed;
};

const isWell = ({ state }: RepositoryStatus): boolean => state === 'ready' || state === 'cloning';

function blockOf(one: RepositoryStatus, style: Style): string {
  const state = isWell(one) ? style.good(one.state) : style.bad(one.state);
  const lines = [
    `${style.strong(one.name)}  ${state}  ${style.faint(one.branch)}`,
    `    ${counted(one.messages, 'message')}, ${one.ahead} to push, ${one.behind} to pull`,
    `    ${style.faint(printableLine(one.url))}`,
    ...(one.error ? [`    ${printableLine(`${one.error.detail} ${one.error.action}`.trim())}`] : []),
    ...one.problems.map(
      ({ file, line, reason }) =>
        `    ${printableLine(`${file}${line === null ? '' : `:${line}`}`)}: ${printableLine(reason)}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
