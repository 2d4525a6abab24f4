import { createWriteStream, rmSync } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { isDiskFull, reasonOf } from '../../domain/file-trouble.ts';
import { isConnectionTrouble } from '../client.ts';
import type { Command } from '../command.ts';
import { Ending, EXIT, misused } from '../ending.ts';
import { print } from '../io.ts';
import { printable } from '../style.ts';
import { isSet, textOf } from '../verb.ts';
import { filterOf } from './list.ts';

export const exportMessages: Command = async (io, given, connection) => {
  const query = filterOf(given, textOf(given, 'query'));
  const format = textOf(given, 'format');
  if (format !== undefined) query.set('format', format);
  if (isSet(given, 'all-revisions')) query.set('revisions', 'all');
  const reply = await connection.send({ method: 'GET', path: `export?${query}`, headers: { Accept: '*/*' } });
  const file = textOf(given, 'output');
  if (file !== undefined && file !== '-') {
    await save(reply.body, file);
    return EXIT.done;
  }
  const isTerminal = io.stdout.isTTY === true;
  if (isTerminal && /zip|octet-stream/.test(reply.headers['content-type'] ?? '')) {
    reply.body.destroy();
    throw misused('This export is a zip, which a terminal cannot show. Give a file with -o');
  }
  const decoder = new TextDecoder();
  for await (const chunk of reply.body)
    await print(
      io,
      isTerminal ? printable(decoder.decode(chunk as Buffer, { stream: true })) : (chunk as Buffer),
    );
  return EXIT.done;
};

/**
 * Saves a stream as a file that appears complete or not at all. A link remains a link, and devices and pipes are
 * written to rather than replaced.
 */
async function save(body: NodeJS.ReadableStream, given: string): Promise<void> {
  const file = await realpath(given).catch(() => given);
  const staged = `${file}.part-${process.pid}`;
  // A signal ends the command before it can clean up.
  const clean = () => rmSync(staged, { force: true });
  process.once('exit', clean);
  try {
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    if (found && !found.isFile()) return await pipeline(body, createWriteStream(file));
    await pipeline(body, createWriteStream(staged, { flags: 'wx' }));
    await rename(staged, file);
  } catch (error) {
    await rm(staged, { force: true });
    if (isConnectionTrouble(error)) throw error;
    const trouble = error as NodeJS.ErrnoException;
    const what = `${given} could not be written: ${reasonOf(trouble)}. Nothing was exported, and an existing file of that name was not changed.`;
    throw new Ending(
      EXIT.failed,
      `${what} ${isDiskFull(trouble) ? 'Make room there' : 'Give another file with -o'}.`,
    );
  } finally {
    process.off('exit', clean);
  }
}
