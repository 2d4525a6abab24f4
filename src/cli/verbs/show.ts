import type { HistoryEntry, Message } from '../../contract/message.ts';
import { readJson } from '../client.ts';
import type { Command } from '../command.ts';
import { EXIT, misused } from '../ending.ts';
import { messageDetails, revisionBlock } from '../format.ts';
import { idOf } from '../ids.ts';
import { print } from '../io.ts';
import { ownZone } from '../own-zone.ts';
import { page } from '../pager.ts';
import { printableJson, styleFor } from '../style.ts';
import { isSet, textOf } from '../verb.ts';

export const show: Command = async (io, given, connection) => {
  const id = await idOf(connection, given.args[0] ?? '');
  const isHistory = isSet(given, 'history');
  const asOf = textOf(given, 'as-of');
  if (isHistory && asOf !== undefined) throw misused('--history shows all revisions: leave out --as-of');
  const query = asOf === undefined ? '' : `?${new URLSearchParams({ asOf, ...ownZone() })}`;
  const path = `messages/${id}${isHistory ? '/history' : query}`;
  const reply = await connection.send({ method: 'GET', path });
  const shown = await readJson<Message | HistoryEntry[]>(reply);
  if (isSet(given, 'json')) {
    await print(io, `${printableJson(JSON.stringify(shown, null, 2))}\n`);
    return EXIT.done;
  }
  const look = { style: styleFor(io.stdout, io), now: io.stdout.isTTY ? Date.now() : undefined };
  const text = Array.isArray(shown)
    ? shown.map((entry) => revisionBlock(entry, look)).join('\n')
    : messageDetails(shown, look);
  await page(io, text);
  return EXIT.done;
};
