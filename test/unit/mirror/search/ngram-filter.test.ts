import { readdir, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Filter } from '../../../../src/domain/query.ts';
import { Database } from '../../../../src/mirror/database.ts';
import type { Entry } from '../../../../src/mirror/entry.ts';
import { MirrorBroken } from '../../../../src/mirror/errors.ts';
import { queryMirror } from '../../../../src/mirror/query.ts';
import { matches } from '../../../../src/mirror/search/filter.ts';
import { isAmong, needsOf, ngramFilterOf, partsWith } from '../../../../src/mirror/search/ngram-filter.ts';
import { partOf } from '../../../../src/mirror/search/parts.ts';
import { SHARD_LIMITS } from '../../../../src/mirror/shard.ts';
import { entryOf, idOf, lineOf, timeAt } from '../../../support/lines.ts';
import { put } from '../../../support/mirror.ts';
import { termsOf } from '../../../support/terms.ts';
import { temporaryFolder } from '../../../support/tmp.ts';

const said = (number: number, text: string, author = 'Ann'): Entry =>
  entryOf([lineOf({ id: idOf(number), text, author, createdAt: timeAt(number) })]);

const searching = (search: string): Filter => ({ terms: termsOf(search) });
const among = (entries: readonly Entry[], filter: Filter): readonly Entry[] => {
  const needs = needsOf(filter);
  const parts = needs ? partsWith(ngramFilterOf(entries), needs) : ~0;
  return entries.filter((_, index) => isAmong(parts, partOf(index, entries.length)));
};

describe('the n-gram filter of some messages', () => {
  test('never rules out what is among them', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
      fc.constantFrom(
        'Straße',
        'ΣΊΣΥΦΟΣ',
        'İstanbul',
        'cafe\u0301',
        '#cafe\u0301s',
        '#Über',
        'ﬁn',
        '日本語です',
        'a  b',
      ),
    );
    const text = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(' '));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), text, piece, (texts, author, wanted) => {
        const entries = texts.map((one, index) => said(index, one, author));
        const filters: Filter[] = [
          searching(wanted),
          searching(`"${wanted}"`),
          searching(`tag:${wanted.replace(/^#/, '')}`),
          searching(`from:"${author}"`),
          { terms: [], author },
          { terms: [], tag: wanted.replace(/^#/, '').toLowerCase() },
          ...texts.map((one) => searching(`"${one}"`)),
        ];
        for (const filter of filters) {
          const found = entries.filter((entry) => matches(entry, filter));
          expect(among(entries, filter)).toEqual(expect.arrayContaining(found));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('rules out nearly all that is not', () => {
    const entries = Array.from({ length: 500 }, (_, number) =>
      said(number, `note ${number} about the weather`),
    );
    const strange = Array.from({ length: 1000 }, (_, number) => `q${(number * 7919).toString(36)}zx`);
    for (const operator of ['', 'from:', 'tag:']) {
      const guessed = strange.filter((word) => among(entries, searching(operator + word)).length > 0);
      expect(guessed.length, operator).toBeLessThan(20);
    }
    expect(among(entries, searching('weather'))).toEqual(entries);
    // A word of the text is neither a tag nor a name; some of the blocks may seem to hold it by chance.
    for (const search of ['tag:weather', 'from:weather', 'tag:note', 'from:note']) {
      expect(among(entries, searching(search)).length, search).toBeLessThanOrEqual(80);
    }
  });

  test('leads to the few messages around the one that holds it, though all of its runs are common', () => {
    const words = ['banana', 'and', 'bandit', 'nation', 'ration', 'candid', 'ideas', 'teas', 'action'];
    const entries = Array.from({ length: 640 }, (_, number) =>
      said(number, `${words[number % 9]} ${words[(number * 7) % 9]}${number === 500 ? ' bandana' : ''}`),
    );
    const found = among(entries, searching('bandana'));
    expect(found).toContain(entries[500]);
    expect(found.length).toBeLessThanOrEqual(640 / 8);
  });

  test('rules out short words and single signs that are nowhere, too', () => {
    const entries = Array.from({ length: 320 }, (_, number) =>
      said(number, `${number}時に会議があります。 Everything about the weather of today 🎉 ok`),
    );
    for (const search of ['会議', '会', '🎉', 'ok']) {
      expect(among(entries, searching(search)), search).toEqual(entries);
    }
    for (const search of ['会长', '龍', '🎈', 'zz']) {
      expect(among(entries, searching(search)).length, search).toBeLessThan(entries.length / 2);
    }
  });

  test('rules nothing out if no term helps', () => {
    for (const search of ['', '-weather', 'type:task', 'in:messages', 'after:2026-01-01']) {
      expect(needsOf(searching(search)), search).toBeUndefined();
    }
  });
});

describe('a search in a mirror of many shards', () => {
  const COUNT = SHARD_LIMITS.entries * 5;

  async function kept(): Promise<string> {
    const folder = await temporaryFolder();
    const database = await Database.open(folder);
    for (let number = 0; number < COUNT; number += 1) {
      await put(database, said(number, number === 5 ? 'the needle' : `hay ${number}`));
    }
    await database.close();
    return folder;
  }

  async function opened(folder: string): Promise<Database> {
    const database = await Database.open(folder, () => undefined);
    onTestFinished(() => database.close());
    return database;
  }

  async function found(database: Database, search: string): Promise<string[]> {
    const texts: string[] = [];
    for await (const { folded } of queryMirror(database, searching(search))) texts.push(folded.current.text);
    return texts;
  }

  test('reads those alone that may hold it', async () => {
    const folder = await kept();
    // The newest one has no n-gram filter, since it is written again with every message.
    const [, ...older] = (await readdir(folder))
      .filter((name) => name.startsWith('shard-'))
      .sort((a, b) => Number(b.split('-')[1]) - Number(a.split('-')[1]));
    expect(older.length).toBeGreaterThan(3);
    for (const name of older) await truncate(join(folder, name), 9);
    const database = await opened(folder);
    expect(await found(database, 'nowhere')).toEqual([]);
    await expect(found(database, 'needle')).rejects.toThrow(MirrorBroken);
  });

  test('finds what there is', async () => {
    const again = await opened(await kept());
    expect(await found(again, 'needle')).toEqual(['the needle']);
    expect(await found(again, 'nowhere')).toEqual([]);
  });

  test('finds the same without any n-gram filter', async () => {
    const folder = await kept();
    for (const name of await readdir(folder)) {
      if (name.startsWith('ngrams-')) await rm(join(folder, name));
    }
    expect(await found(await opened(folder), 'needle')).toEqual(['the needle']);
  });

  test('finds what was changed since it was written, and not what was', async () => {
    const database = await opened(await kept());
    expect(await found(database, 'needle')).toEqual(['the needle']);
    await put(database, said(5, 'a pin'));
    expect(await found(database, 'needle')).toEqual([]);
    expect(await found(database, '"a pin"')).toEqual(['a pin']);
    await database.flush();
    expect(await found(database, 'needle')).toEqual([]);
    expect(await found(database, '"a pin"')).toEqual(['a pin']);
  });
});
