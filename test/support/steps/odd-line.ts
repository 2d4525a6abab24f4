import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { acknowledge, acknowledgeAnswer } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { commitPieces } from '../hostile.ts';
import type { Life } from '../take-step.ts';

/** Lines are read up to this size. */
const LINE_LIMIT = 4 * 1024 * 1024;

interface Odd {
  readonly what: string;
  /** Members as they stand in the line, in front of those that are everyday. */
  readonly members: string;
  /** Whether the line breaks no rule of the format, so its message has to be there. */
  readonly isReadable: boolean;
}

const odd = (what: string, members: string, isReadable = false): Odd => ({ what, members, isReadable });
const revision = (number: string) => odd(`the revision ${number}`, `"revision":${number}`);
const createdAt = (time: string) => odd(`the time ${time}`, `"revision":1,"createdAt":"${time}"`);
const large = (length: number) =>
  odd(`an unknown key of ${length} bytes`, `"revision":1,"unknown":"${'x'.repeat(length)}"`);

const ODD: readonly Odd[] = [
  revision('9007199254740991'),
  revision('9007199254740990'),
  revision('9007199254740993'),
  revision('1e999'),
  revision('-0'),
  revision('1.0'),
  revision('"1"'),
  createdAt('-271821-04-20T00:00:00.000Z'),
  createdAt('+275760-09-13T00:00:00.000Z'),
  createdAt('0000-01-01T00:00:00.000Z'),
  createdAt('9999-12-31T23:59:59.999Z'),
  large(LINE_LIMIT - 300),
  large(LINE_LIMIT + 1),
  odd(
    'many unknown keys',
    `"revision":1,${Array.from({ length: 5000 }, (_, n) => `"k${n}":1e999`).join()}`,
    true,
  ),
  odd('odd unknown keys', '"revision":1,"__proto__":{"text":"x"},"constructor":1,"toString":null', true),
  odd('a lone surrogate', '"revision":1,"author":"\\ud800"', true),
  odd('a lone surrogate in a key', '"revision":1,"\\udfff":"\\ud800"', true),
  odd('many parents', `"revision":2,"parents":[${Array(10_000).fill('"0123456789abcdef"').join()}]`),
  odd('a deep unknown key', `"revision":1,"deep":${'['.repeat(2000)}${']'.repeat(2000)}`, true),
];

/** The journal with the odd line of a message. */
export const oddPathOf = (id: string): string => `messages/foreign/${id}.jsonl`;

/** Somebody pushes a line with a huge or odd value; the device fetches it and edits its message, if it shows one. */
export async function pushOddLine(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const { members, what, isReadable } = ODD[pick % ODD.length] as Odd;
  const why = `After somebody pushed a line with ${what}`;
  const id = randomUUID();
  const path = oddPathOf(id);
  life.foreign.add(path);
  const time = members.includes('createdAt') ? '' : ',"createdAt":"2026-10-01T10:00:00.000Z"';
  const author = members.includes('author') ? '' : ',"author":"Outside"';
  const said = `${text}, foreign`;
  const line = `{"v":1,"id":"${id}",${members}${author},"type":"text","text":"${said}"${time}}`;
  await commitPieces(life.remotes[0], path, [`${line}\n`]);
  const { status, json } = await on.request('POST', '/pull');
  expect(status, `${why}: a pull is answered ${JSON.stringify(json)}`).toBe(200);
  if (isReadable) acknowledge(life.acknowledged, id, said);
  for (const time of ['first', 'second'])
    await editOdd(life, on, id, `${text}, edited the ${time} time`, why);
}

/** The program may refuse the edit in words, since the line after it must be one that everybody can read. */
async function editOdd(life: Life, on: Device, id: string, text: string, why: string): Promise<void> {
  const { status, json } = await on.request('PATCH', `/messages/${id}`, { text });
  expect([200, 404, 409, 422], `${why}: an edit is answered ${status} ${JSON.stringify(json)}`).toContain(
    status,
  );
  if (status === 200) acknowledgeAnswer(life.acknowledged, on, text, json);
}
