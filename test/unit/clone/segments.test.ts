import { describe, expect, onTestFinished, test } from 'vitest';
import { Segments } from '../../../src/clone/segments.ts';
import { BlobReader } from '../../../src/git/blobs.ts';
import { SEGMENT_BYTES } from '../../../src/journal/path.ts';
import { readJournal } from '../../../src/journal/split.ts';
import { contextOf } from '../../support/context.ts';
import { commitFile, git } from '../../support/git.ts';
import { idOf, lineAfter, lineOf } from '../../support/lines.ts';
import { temporaryFolder } from '../../support/tmp.ts';

const DEVICE = 'ann-x1y2z3';
const DAY = 'messages/2026-11/ann-x1y2z3.2026-11-22';

async function repository(): Promise<string> {
  const folder = await temporaryFolder();
  await git(folder, 'init', '--quiet', '-b', 'main');
  await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'start');
  return folder;
}

/** Segments of a real repository, as they are after its tip was read. */
async function segmentsOf(folder: string, device = DEVICE): Promise<Segments> {
  const context = contextOf(folder);
  const blobs = new BlobReader(context);
  onTestFinished(() => blobs.close());
  const tip = await git(folder, 'rev-parse', 'HEAD');
  return Segments.at({ git: context, blobs, settings: { device } }, tip);
}

/** A line whose bytes, LF included, are of an exact length. */
function lineOfBytes(number: number, bytes: number) {
  const overhead = Buffer.byteLength(lineOf({ id: idOf(number), text: '' }).raw) + 1;
  return lineOf({ id: idOf(number), text: 'x'.repeat(bytes - overhead) });
}

const rawsOf = (content: Buffer): string[] => readJournal(content).lines.map(({ raw }) => raw);

describe('a line', () => {
  test('goes to the first segment of its day, ended by LF', async () => {
    const segments = await segmentsOf(await repository());
    const line = lineOf();
    const { path, content } = await segments.append(line);
    expect(path).toBe(`${DAY}.jsonl`);
    expect(content.toString()).toBe(`${line.raw}\n`);
  });

  test('goes behind the one before it', async () => {
    const segments = await segmentsOf(await repository());
    const lines = [1, 2, 3].map((number) => lineOf({ id: idOf(number), text: 'é😀' }));
    for (const line of lines.slice(0, 2)) await segments.append(line);
    const { path, content } = await segments.append(lines[2] as (typeof lines)[number]);
    expect(path).toBe(`${DAY}.jsonl`);
    expect(content.toString()).toBe(lines.map(({ raw }) => `${raw}\n`).join(''));
  });

  test('goes to the file of its own day, days in any order', async () => {
    const segments = await segmentsOf(await repository());
    const first = lineOf({ createdAt: '2025-01-31T23:59:59.999Z' });
    const edit = lineAfter([first], { updatedAt: '2026-11-22T00:00:00.000Z' });
    const other = lineOf({ id: idOf(2), createdAt: '2025-01-31T00:00:00.000Z' });
    expect((await segments.append(first)).path).toBe('messages/2025-01/ann-x1y2z3.2025-01-31.jsonl');
    expect((await segments.append(edit)).path).toBe(`${DAY}.jsonl`);
    const third = await segments.append(other);
    expect(third.path).toBe('messages/2025-01/ann-x1y2z3.2025-01-31.jsonl');
    expect(rawsOf(third.content)).toEqual([first.raw, other.raw]);
  });
});

describe('what the branch holds already', () => {
  test('is what the next line is appended to', async () => {
    const folder = await repository();
    const before = lineOf();
    await commitFile(folder, `${DAY}.jsonl`, `${before.raw}\n`, 'before');
    const line = lineOf({ id: idOf(2) });
    const { content } = await (await segmentsOf(folder)).append(line);
    expect(content.toString()).toBe(`${before.raw}\n${line.raw}\n`);
  });

  test('is continued in the newest segment of the day, by number and not by name', async () => {
    const folder = await repository();
    for (const suffix of ['', '.2', '.9', '.10'])
      await commitFile(folder, `${DAY}${suffix}.jsonl`, 'x\n', 'before');
    const { path, content } = await (await segmentsOf(folder)).append(lineOf());
    expect(path).toBe(`${DAY}.10.jsonl`);
    expect(content.toString()).toBe(`x\n${lineOf().raw}\n`);
  });

  test('stays in a folder of years, and the day continues in the folder of its month', async () => {
    const folder = await repository();
    await commitFile(folder, 'messages/2026/11/ann-x1y2z3.2026-11-22.jsonl', 'x\n', 'before');
    const { path, content } = await (await segmentsOf(folder)).append(lineOf());
    expect(path).toBe(`${DAY}.jsonl`);
    expect(content.toString()).toBe(`${lineOf().raw}\n`);
  });

  test('of other devices and programs is left alone', async () => {
    const folder = await repository();
    for (const name of [
      'other-x1y2z3.2026-11-22',
      'ann.2026-11-22',
      'ann-x1y2z3',
      'ann-x1y2z3.2026-11-22.x',
    ]) {
      await commitFile(folder, `messages/2026-11/${name}.jsonl`, 'x\n', 'before');
    }
    await commitFile(folder, 'messages/ann-x1y2z3.2026-11-22.jsonl', 'x\n', 'before');
    const { path, content } = await (await segmentsOf(folder)).append(lineOf());
    expect(path).toBe(`${DAY}.jsonl`);
    expect(content.toString()).toBe(`${lineOf().raw}\n`);
  });

  test('and was cut short keeps its bytes, and does not swallow the next line', async () => {
    const folder = await repository();
    const torn = lineOf({ id: idOf(7) }).raw.slice(0, 50);
    await commitFile(folder, `${DAY}.jsonl`, `${lineOf().raw}\n${torn}`, 'torn');
    const line = lineOf({ id: idOf(2) });
    const { content } = await (await segmentsOf(folder)).append(line);
    expect(content.toString()).toBe(`${lineOf().raw}\n${torn}\n${line.raw}\n`);
  });

  test('and was emptied is filled again', async () => {
    const folder = await repository();
    await commitFile(folder, `${DAY}.jsonl`, '', 'emptied');
    expect(await (await segmentsOf(folder)).append(lineOf())).toEqual({
      path: `${DAY}.jsonl`,
      content: Buffer.from(`${lineOf().raw}\n`),
      kept: 0,
    });
  });

  test('with bytes that are no UTF-8 keeps them', async () => {
    const folder = await repository();
    const odd = Buffer.from([0xff, 0xfe, 0x00, 0x0a]);
    await commitFile(folder, `${DAY}.jsonl`, odd, 'odd');
    const { content } = await (await segmentsOf(folder)).append(lineOf());
    expect(content).toEqual(Buffer.concat([odd, Buffer.from(`${lineOf().raw}\n`)]));
  });
});

describe('a name that no device gives', () => {
  const odd = [
    '.0',
    '.1',
    '.01',
    '.002',
    '.1e3',
    '.0x2',
    '.2.3',
    '.1000000',
    '.9007199254740992',
    '.Infinity',
  ];

  test.each(odd)('does not count as a segment: %s', async (suffix) => {
    const folder = await repository();
    await commitFile(folder, `${DAY}${suffix}.jsonl`, '\n', 'odd');
    const segments = await segmentsOf(folder);
    const paths = [];
    for (const number of [1, 2, 3])
      paths.push((await segments.append(lineOfBytes(number, SEGMENT_BYTES))).path);
    expect(paths).toEqual(['', '.2', '.3'].map((ours) => `${DAY}${ours}.jsonl`));
  });

  test('is one in the folder of another month', async () => {
    const folder = await repository();
    await commitFile(folder, 'messages/2025-01/ann-x1y2z3.2026-11-22.7.jsonl', 'x\n', 'odd');
    expect((await (await segmentsOf(folder)).append(lineOf())).path).toBe(`${DAY}.jsonl`);
  });
});

describe('the highest number that there is', () => {
  test('is followed by the first that is free', async () => {
    const folder = await repository();
    for (const suffix of ['', '.3', '.999999'])
      await commitFile(folder, `${DAY}${suffix}.jsonl`, `${'x'.repeat(SEGMENT_BYTES)}\n`, 'full');
    const segments = await segmentsOf(folder);
    const paths = [];
    for (const number of [1, 2, 3])
      paths.push((await segments.append(lineOfBytes(number, SEGMENT_BYTES))).path);
    expect(paths).toEqual(['.2', '.4', '.5'].map((suffix) => `${DAY}${suffix}.jsonl`));
  });
});

describe('a segment', () => {
  test('is filled up to its limit, and not beyond', async () => {
    const segments = await segmentsOf(await repository());
    const half = SEGMENT_BYTES / 2;
    expect((await segments.append(lineOfBytes(1, half))).path).toBe(`${DAY}.jsonl`);
    const full = await segments.append(lineOfBytes(2, half));
    expect([full.path, full.content.length]).toEqual([`${DAY}.jsonl`, SEGMENT_BYTES]);
    const next = await segments.append(lineOfBytes(3, 400));
    expect([next.path, next.content.length]).toEqual([`${DAY}.2.jsonl`, 400]);
  });

  test('is left to a line that is longer than the limit', async () => {
    const segments = await segmentsOf(await repository());
    const paths: string[] = [];
    for (const bytes of [400, SEGMENT_BYTES + 1, 400, SEGMENT_BYTES * 3]) {
      const { path, content } = await segments.append(lineOfBytes(paths.length, bytes));
      expect(rawsOf(content)).toHaveLength(1);
      paths.push(path);
    }
    expect(paths).toEqual(['', '.2', '.3', '.4'].map((suffix) => `${DAY}${suffix}.jsonl`));
  });

  test('that a person made too long is left as it is', async () => {
    const folder = await repository();
    await commitFile(folder, `${DAY}.jsonl`, `${'x'.repeat(SEGMENT_BYTES + 10)}\n`, 'long');
    expect((await (await segmentsOf(folder)).append(lineOf())).path).toBe(`${DAY}.2.jsonl`);
  });

  test('holds every line once, in order, however many there are', async () => {
    const folder = await repository();
    const segments = await segmentsOf(folder);
    const files = new Map<string, Buffer>();
    const lines = Array.from({ length: 400 }, (_, number) =>
      lineOfBytes(number, 200 + ((number * 997) % 900)),
    );
    for (const line of lines) {
      const { path, content } = await segments.append(line);
      const before = files.get(path) ?? Buffer.alloc(0);
      expect(content.subarray(0, before.length).equals(before)).toBe(true);
      expect(content.length).toBeLessThanOrEqual(SEGMENT_BYTES);
      files.set(path, content);
    }
    expect([...files.values()].flatMap(rawsOf)).toEqual(lines.map(({ raw }) => raw));
    expect(files.size).toBeGreaterThan(5);
  });

  test('is read again from the branch once it was let go', async () => {
    const folder = await repository();
    const segments = await segmentsOf(folder);
    const dayOf = (index: number) => new Date(Date.UTC(2020, 0, 1 + index)).toISOString();
    const first = await segments.append(lineOf({ createdAt: dayOf(0) }));
    await commitFile(folder, first.path, first.content, 'first');
    const appended = [first];
    for (let index = 1; index < 90; index += 1) {
      const one = await segments.append(lineOf({ id: idOf(index), createdAt: dayOf(index) }));
      appended.push(one);
      if (index <= 20) await commitFile(folder, one.path, one.content, String(index));
    }
    segments.committed(await git(folder, 'rev-parse', 'HEAD'), appended);
    const again = await segments.append(lineOf({ id: idOf(100), createdAt: dayOf(0) }));
    expect(again.content.toString()).toBe(
      `${first.content}${lineOf({ id: idOf(100), createdAt: dayOf(0) }).raw}\n`,
    );
  });

  test('keeps what was appended on top of what is in the branch', async () => {
    const folder = await repository();
    const segments = await segmentsOf(folder);
    const createdAt = new Date(Date.UTC(2020, 0, 1)).toISOString();
    const first = await segments.append(lineOf({ createdAt }));
    await commitFile(folder, first.path, first.content, 'first');
    const ahead = await segments.append(lineOf({ id: idOf(1), createdAt }));
    const others = await Promise.all(
      Array.from({ length: 80 }, (_, index) =>
        segments.append(
          lineOf({ id: idOf(2 + index), createdAt: new Date(Date.UTC(2021, 0, index)).toISOString() }),
        ),
      ),
    );
    segments.committed(await git(folder, 'rev-parse', 'HEAD'), [first, ...others]);
    const last = await segments.append(lineOf({ id: idOf(100), createdAt }));
    expect(last.content.toString()).toBe(`${ahead.content}${lineOf({ id: idOf(100), createdAt }).raw}\n`);
    expect(last.kept).toBe(ahead.content.length);
  });
});
