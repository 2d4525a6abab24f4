import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import cpp from 'highlight.js/lib/languages/cpp';
import csharp from 'highlight.js/lib/languages/csharp';
import css from 'highlight.js/lib/languages/css';
import diff from 'highlight.js/lib/languages/diff';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import lua from 'highlight.js/lib/languages/lua';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import php from 'highlight.js/lib/languages/php';
import python from 'highlight.js/lib/languages/python';
import ruby from 'highlight.js/lib/languages/ruby';
import rust from 'highlight.js/lib/languages/rust';
import shell from 'highlight.js/lib/languages/shell';
import sql from 'highlight.js/lib/languages/sql';
import swift from 'highlight.js/lib/languages/swift';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const LANGUAGES = {
  bash,
  c,
  cpp,
  csharp,
  css,
  diff,
  dockerfile,
  go,
  ini,
  java,
  javascript,
  json,
  kotlin,
  lua,
  makefile,
  markdown,
  php,
  python,
  ruby,
  rust,
  shell,
  sql,
  swift,
  typescript,
  xml,
  yaml,
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

/** A section of code and the class for its colour; the class is empty for plain code. */
export interface Piece {
  readonly text: string;
  readonly class: string;
}

/**
 * Longer code, or code with longer lines, is shown without colours, since colouring it would block the page. In
 * characters.
 */
const [MOST_CHARACTERS, LONGEST_LINE] = [20_000, 1000];

/** Languages whose rules look far ahead, so the time they take grows with the square of the length. */
const SLOW = new Set(
  ['c', 'cpp', 'csharp', 'ini', 'java', 'javascript', 'php', 'ruby', 'typescript'].map(hljs.getLanguage),
);
const MOST_OF_SLOW = 6000;

/** Languages that can be distinguished reliably. Others stay plain unless the language is given. */
const GUESSED = [
  'bash',
  'css',
  'diff',
  'go',
  'java',
  'javascript',
  'json',
  'python',
  'rust',
  'sql',
  'xml',
  'yaml',
];
/** Guessing reads the code once per language, so it is only for short code. In characters. */
const MOST_TO_GUESS = 2000;
/** The minimum score of a guess. A few words of prose score less. */
const SURE = 4;

/** Code in pieces, which add up to the code; a single piece if the language is unknown and cannot be guessed. */
export function highlight(code: string, language: string): readonly Piece[] {
  if (language === '' && isQuick(code, 'bash') && code.length <= MOST_TO_GUESS) {
    const guess = hljs.highlightAuto(code, GUESSED);
    return guess.relevance < SURE ? [{ text: code, class: '' }] : piecesOf(guess.value);
  }
  if (!isQuick(code, language)) return [{ text: code, class: '' }];
  return piecesOf(hljs.highlight(code, { language, ignoreIllegals: true }).value);
}

function isQuick(code: string, language: string): boolean {
  const known = hljs.getLanguage(language);
  if (known === undefined) return false;
  const most = SLOW.has(known) ? MOST_OF_SLOW : MOST_CHARACTERS;
  return code.length <= most && code.split('\n').every(({ length }) => length <= LONGEST_LINE);
}

/** The library returns markup of spans, text and five entities, which is parsed here instead of being inserted. */
function piecesOf(markup: string): readonly Piece[] {
  const classes: string[] = [''];
  const pieces: Piece[] = [];
  for (const part of markup.split(/(<span class="[^"]*">|<\/span>)/)) {
    if (part === '</span>') classes.pop();
    else if (part.startsWith('<span')) classes.push(part.slice('<span class="'.length, -2));
    else if (part !== '') pieces.push({ text: decoded(part), class: classes.at(-1) ?? '' });
  }
  return pieces;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
};

const decoded = (text: string): string =>
  text.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => ENTITIES[entity] ?? entity);
