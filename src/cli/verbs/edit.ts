import type { EditRequest, Message } from '../../contract/message.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import { Ending, EXIT, misused } from '../ending.ts';
import { idOf } from '../ids.ts';
import { type Io, print, say } from '../io.ts';
import { printableJson } from '../style.ts';
import { type Given, isSet } from '../verb.ts';
import { contentOf, givenText } from './add.ts';

export const edit: Command = async (io, given, connection) => {
  const id = await idOf(connection, given.args[0] ?? '');
  const fields: EditRequest = {
    ...contentOf(given),
    ...flagOf(given, 'done', 'undone'),
    ...flagOf(given, 'pin', 'unpin'),
    ...(isSet(given, 'confirm') ? { confirm: true } : {}),
  };
  const isOnlyText = Object.keys(fields).every((name) => name === 'confirm') && !isSet(given, 'restore');
  const text = await newText(io, given, isOnlyText);
  const path = `messages/${id}`;
  if (text !== undefined || !isOnlyText)
    return answer(
      io,
      given,
      await connection.send({ method: 'PATCH', path, json: { ...fields, ...textField(text) } }),
    );

  if (io.stdin.isTTY !== true)
    throw misused('There is nothing to change. Give a text, or - to read one from standard input');
  const reply = await connection.send({ method: 'GET', path });
  const message = await readJson<Message>(reply);
  // Nothing stays locked while the person is writing.
  await connection.close();
  const { editText } = await import('./editor.ts');
  const edited = await editText(io, message.text, message.type === 'markdown' ? 'md' : 'txt');
  if (edited.text === message.text) {
    await edited.remove();
    say(io, 'gitpost: nothing was changed');
    return EXIT.done;
  }
  try {
    const headers = { 'If-Match': String(reply.headers.etag) };
    const saved = await connection.send({
      method: 'PATCH',
      path,
      json: { ...fields, text: edited.text },
      headers,
    });
    await edited.remove();
    return answer(io, given, saved);
  } catch (error) {
    if (!(error instanceof Ending)) throw error;
    throw new Ending(error.code, `${error.message}\n  What you wrote is kept in ${edited.path}`);
  }
};

const textField = (text: string | undefined) => (text === undefined ? {} : { text });

/** The text given after the id, or piped in. Standard input is only read if nothing else is given. */
async function newText(io: Io, given: Given, isOnlyText: boolean): Promise<string | undefined> {
  const args = given.args.slice(1);
  return args.length > 0 || isOnlyText ? givenText(io, { ...given, args }) : undefined;
}

function flagOf(given: Given, yes: string, no: string) {
  if (isSet(given, yes) && isSet(given, no)) throw misused(`--${yes} and --${no} cannot both be given`);
  const name = yes === 'pin' ? 'pinned' : yes;
  return isSet(given, yes) || isSet(given, no) ? { [name]: isSet(given, yes) } : {};
}

async function answer(io: Io, given: Given, reply: Parameters<typeof readJson>[0]) {
  const message = await readJson<Message>(reply);
  if (isSet(given, 'json')) await print(io, `${printableJson(JSON.stringify(message))}\n`);
  return EXIT.done;
}

export const done: Command = async (_io, given, connection) => {
  const isDone = !isSet(given, 'undo');
  for (const text of given.args) {
    const id = await idOf(connection, text);
    await connection.send({ method: 'PATCH', path: `messages/${id}`, json: { done: isDone } });
  }
  return EXIT.done;
};

export const rm: Command = async (io, given, connection) => {
  // All ids are looked up before anything is deleted.
  const ids: string[] = [];
  for (const text of given.args) ids.push(await idOf(connection, text));
  for (const id of ids) await connection.send({ method: 'DELETE', path: `messages/${id}` });
  if (io.stderr.isTTY)
    say(
      io,
      `Deleted. The history keeps it: gitpost edit --restore ${ids.map((id) => id.slice(-8)).join(' ')}`,
    );
  return EXIT.done;
};
