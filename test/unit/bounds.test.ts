import { expect, test } from 'vitest';
import { timesOf, tooSlow } from '../support/deadline.ts';
import { rounds } from '../support/rounds.ts';

/**
 * What reads a text is given long texts that are made of one piece again and again, and may take a
 * moment for each. What grows with the square of the length takes many seconds.
 */

/** In milliseconds: what a busy machine needs as well. */
const LIMIT = 1000;

const PIECES = [
  'a',
  'a ',
  'A',
  '1',
  '0',
  ' ',
  '\t',
  '\n',
  '\r\n',
  'é',
  'e\u0301',
  '\u0301',
  '😀',
  'ß',
  '\u0000',
  '-',
  '_',
  '.',
  ',',
  ':',
  ';',
  '/',
  '\\',
  '"',
  "'",
  '`',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  '<',
  '>',
  '=',
  '+',
  '*',
  '~',
  '#',
  '@',
  '&',
  '%',
  '$',
  '!',
  '|',
  '^',
  '?',
  '//a.b/',
  'a.b/',
  'a@b.c',
  'a@b.c ',
  'http://',
  'http://a.b/',
  'https://a.b ',
  'www.a.b',
  '://',
  'mailto:a@b.c ',
  'a:',
  'a: ',
  'from:',
  '-a ',
  '[a](',
  '![',
  '![a](',
  '[a]: b\n',
  '[a][b]',
  '[]()',
  '``a',
  '`a',
  '**a',
  '*a_',
  'a*',
  '__a',
  '~~a',
  '<a ',
  '<!--',
  '<http://a>',
  '&#',
  '> ',
  '>',
  '\n> a',
  '- ',
  '* a\n',
  '  - ',
  '\t- ',
  '- [ ] a\n',
  '1. ',
  '|a|b\n|-|-\n',
  'a\n=\n',
  '    a\n',
  '```',
  '```\n',
  '~~~a',
  '\n```',
  '#a ',
  '##',
  '"a',
  '{"a":',
  '[[',
  '{"v":1}',
  '\\u',
  '\\ud800',
  'pwd=a1',
  'password: a1',
  'api_key=',
  'awskey',
  'aws key ',
  'eyJa',
  'sk-',
  'ghp_',
  'Authorization: Bearer ',
  '-----BEGIN A ',
  'https://hooks.slack.com/services/T',
  'a://b:c',
  'Z ',
  '2026-',
  '> a\n',
  'a,b;',
];

/** Every function that reads what people or remotes write, by what it is given. */
const READERS = `
  import { contentErrors } from '../../src/domain/content.ts';
  import { lengthOf, tagsOf } from '../../src/domain/message.ts';
  import { foldCase } from '../../src/domain/fold-case.ts';
  import { parseSearch } from '../../src/domain/query.ts';
  import { secretsIn } from '../../src/domain/secrets.ts';
  import { githubNameOf, isRepositoryName, nameOf, parseLocation } from '../../src/domain/target.ts';
  import { toJson, wellFormed, wellFormedJson } from '../../src/domain/unicode.ts';
  import { linesOf } from '../../src/http/body.ts';
  import { readCursor } from '../../src/http/cursor.ts';
  import { draftSchema } from '../../src/contract/message.ts';
  import { contentErrors } from '../../src/domain/content.ts';
  import { validate } from '../../src/http/validate.ts';
  import { cleanName, commitTextOf } from '../../src/journal/commit.ts';
  import { parseLine, toLine } from '../../src/journal/line.ts';
  import { readJournal } from '../../src/journal/split.ts';
  import { likelyFor } from '../../src/mirror/search/json-prefilter.ts';
  import { holds } from '../../src/mirror/search/facts.ts';
  import { needsOf } from '../../src/mirror/search/ngram-filter.ts';
  import { changesBetween } from '../../src/web/reading/changes.ts';
  import { parseMarkdown } from '../../src/web/reading/markdown.ts';
  import { commitPage } from '../../src/web/text/commit-url.ts';
  import { fencedCode } from '../../src/web/text/fence.ts';
  import { cutAt, finderOf } from '../../src/web/text/hits.ts';
  import { partsOf } from '../../src/web/text/parts.ts';
  import { previewOf } from '../../src/web/text/preview.ts';
  import { operatorsIn, suggest } from '../../src/web/text/suggest.ts';
  import { safeUrl } from '../../src/web/text/url.ts';
  const line = (text, more = {}) => toLine({
    id: '0192f0c1-7c00-7000-8000-0123456789ab', revision: 1, parents: [], author: 'A', type: 'text',
    createdAt: '2026-01-01T00:00:00.000Z', others: [], text, ...more });
  const find = (filter) => (text) => { for (const term of parseSearch(filter(text)).value ?? []) void term; };
  const readers = {
    secretsIn, tagsOf, lengthOf, foldCase, parseSearch, nameOf, isRepositoryName, parseLocation, wellFormed, wellFormedJson, toJson,
    readCursor, cleanName, fencedCode, partsOf, previewOf, operatorsIn, safeUrl, parseMarkdown,
    contentErrors: (text) => contentErrors({ text }),
    draft: (text) => validate(draftSchema, { text, author: text, url: text, type: 'link', language: text, createdAt: text }, contentErrors),
    githubNameOf: (text) => { githubNameOf(text, 'https://github.com'); githubNameOf('git@github.com:' + text, 'https://github.com'); },
    linesOf: (text) => [...linesOf(Buffer.from(text))],
    parseLine: (text) => parseLine(Buffer.from(text)),
    'a line of others': (text) => parseLine(Buffer.from(JSON.stringify({ ...JSON.parse(line(text).raw), [text]: [text], updatedAt: text }))),
    commitTextOf: (text) => commitTextOf(line(text, { author: text }), 'device'),
    readJournal: (text) => readJournal(Buffer.from(text)),
    likelyFor: (text) => likelyFor({ terms: [[{ kind: 'text', value: text.slice(0, 1000) + 'x', exclude: false }]] })(text),
    'a link in a text': (text) => holds('link', undefined, { type: 'text' }, text),
    'a date': (text) => { parseSearch('before:"' + text); parseSearch('after:' + text); },
    needsOf: (text) => needsOf({ terms: [[{ kind: 'text', value: text, exclude: false }]] }),
    'finding a word': (text) => cutAt(text, finderOf(text.slice(0, 20))(text)),
    suggest: (text) => suggest(text, text.length, { from: [text], in: [], type: [], tag: [], has: [], is: [] }),
    'changes in words': (text) => changesBetween(text, text.slice(1) + 'x', false),
    'changes in lines': (text) => changesBetween(text, text.slice(1) + 'x', true),
    commitPage: (text) => commitPage({ url: text, github: null }, 'a'),
  };
`;

/** A quarter of the longest text: what took seconds for that one takes too long for this one as well. */
const LENGTH = 16_384;
const pieces = JSON.stringify(PIECES);

test('no reader takes long for any text', { timeout: 600_000 }, async () => {
  const times = await timesOf(
    `${READERS}
    const pieces = (function* () {
      for (const piece of ${pieces}) {
        const text = piece.repeat(${LENGTH} / piece.length);
        for (const [name, read] of Object.entries(readers)) yield [name + ' of ' + JSON.stringify(piece), () => void read(text)];
      }
    })();`,
    LIMIT,
  );
  expect(times.size).toBeGreaterThan(PIECES.length * 25);
  expect(tooSlow(times, LIMIT)).toEqual([]);
});

/** Each language gets one piece in four, a different one than the next language. */
const SHARE = rounds(4, 1);

const LANGUAGES =
  'bash c cpp csharp css diff dockerfile go ini java javascript json kotlin lua makefile markdown php python ruby rust shell sql swift typescript xml yaml';

test('no code takes long to be coloured, whatever its language', { timeout: 600_000 }, async () => {
  const times = await timesOf(
    `import { highlight } from '../../src/web/reading/highlight.ts';
    const pieces = (function* () {
      for (const [turn, language] of '${LANGUAGES}'.split(' ').entries()) {
        for (const [number, piece] of ${pieces}.entries()) {
          if ((number + turn) % ${SHARE} !== 0) continue;
          const line = piece.includes('\\n') ? piece : piece.repeat(1000 / piece.length) + '\\n';
          const text = line.repeat(6000 / line.length);
          yield [language + ' of ' + JSON.stringify(piece), () => void highlight(text, language)];
        }
        for (const piece of ['a', '//a.b/ ', '@a (']) {
          const long = piece.repeat(Math.ceil(20_000 / piece.length));
          yield [language + ' of a long text of ' + piece, () => void highlight(long, language)];
        }
        const text = 'a'.repeat(65_536);
        yield [language + ' of a long line', () => void highlight(text, language)];
      }
    })();`,
    LIMIT,
  );
  expect(times.size).toBeGreaterThan((PIECES.length * 20) / SHARE);
  expect(tooSlow(times, LIMIT)).toEqual([]);
});
