import { flagsOf, helpText } from './help.ts';
import type { Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** The table of verbs as the part of docs/cli.md between its markers, and as a man page. */

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/<([^<>]+)>/g, '&lt;$1&gt;');

export function markdownOfVerbs(): string {
  return VERBS.map(sectionOf).join('\n');
}

function sectionOf({ name, args, summary, description = [], options, examples }: Verb): string {
  const rows = options
    .filter((option) => option.name !== 'help')
    .map((option) => `| \`${flagsOf(option).replaceAll('|', '\\|')}\` | ${cell(helpText(option))} |`);
  return [
    `### ${name}`,
    '',
    `\`gitpost ${`${name} ${args}`.trimEnd()}\``,
    '',
    `${summary}.`,
    '',
    ...description.flatMap((paragraph) => [cell(paragraph), '']),
    ...(rows.length > 0 ? ['| option | meaning |', '| --- | --- |', ...rows, ''] : []),
    '```sh',
    ...aligned(examples),
    '```',
    '',
  ].join('\n');
}

function aligned(examples: Verb['examples']): string[] {
  const width = Math.max(...examples.map(([command]) => command.length));
  return examples.map(([command, meaning]) => `${command.padEnd(width)}   # ${meaning}`);
}

/** Escapes text for roff: no line may begin with one of its control characters. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    // As an argument of a macro, a plain one would be taken as a delimiter.
    .replaceAll('"', '\\(dq')
    .replaceAll("'", '\\(aq')
    .replace(/^\./gm, '\\&.')
    // Not every roff reads UTF-8.
    .replace(/[^\n -~]/gu, (one) => `\\[u${hex(one)}]`);

const hex = (one: string): string =>
  (one.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');

/** The date of the man page while a version has none: the page must not change with the day on which it is made. */
const NOT_RELEASED = '2026-11-30';

/** The date of a version in the changelog. */
export const dateOf = (version: string, changelog: string): string =>
  changelog
    .split('\n')
    .find((line) => line.startsWith(`## ${version}, `))
    ?.match(/\d{4}-\d\d-\d\d$/)?.[0] ?? NOT_RELEASED;

export function manPage(version: string, date: string): string {
  const verbs = VERBS.flatMap(({ name, args, summary, description = [], options, examples }) => [
    '.SS',
    roff(`gitpost ${name} ${args}`.trimEnd()),
    roff(`${summary}.`),
    ...description.flatMap((paragraph) => ['.PP', roff(paragraph)]),
    ...options.flatMap((option) => ['.TP', `.B ${roff(flagsOf(option))}`, roff(helpText(option))]),
    ...examples.flatMap(([command, meaning]) => ['.TP', `.I ${roff(command)}`, roff(meaning)]),
  ]);
  return [
    `.TH GITPOST 1 "${date}" "gitpost ${version}" "User Commands"`,
    '.SH NAME',
    'gitpost \\- turn what you write into git commits, one per message',
    '.SH SYNOPSIS',
    '.B gitpost',
    '[\\fIverb\\fR] [\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    roff(
      'gitpost keeps messages, notes, links, code and tasks as commits in git repositories. Without a verb it runs the app. The other verbs use the gitpost that runs on the same folders, or do the work themselves.',
    ),
    '.SH VERBS',
    ...verbs,
    '.SH ENVIRONMENT',
    '.TP',
    '.B GITPOST_URL',
    roff('The address of another gitpost, instead of the one on this machine.'),
    '.TP',
    '.B ACCESS_TOKEN',
    roff('Its access token, if it has one.'),
    '.TP',
    '.B NO_COLOR',
    roff('Without colour, if it is set.'),
    '.TP',
    '.B PAGER, VISUAL, EDITOR',
    roff('What shows long lists, and what messages are edited with.'),
    '.PP',
    roff('All variables of the app work as well: see docs/configuration.md.'),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '',
  ].join('\n');
}

/** The meaning of each exit code. */
export const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, 'Done.'],
  [1, 'It failed, or something is wrong.'],
  [2, 'Wrong usage or configuration.'],
  [3, 'No gitpost can be reached at the address in GITPOST_URL.'],
  [4, 'Not signed in: ACCESS_TOKEN is missing or wrong.'],
];
