import type { Option, Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** The help for the command, and for one verb, as shown on a terminal. */

const MARGIN = 28;

export function helpOfAll(): string {
  const rows = VERBS.map(({ name, args, summary }) => row(`${name} ${args}`.trimEnd(), summary));
  return [
    'gitpost turns what you write into git commits, one per message.',
    '',
    'Usage: gitpost [verb] [options]',
    '',
    ...rows,
    '',
    row('-h, --help', 'Show this help; with a verb, the help of that verb'),
    row('-v, --version', 'Show the version'),
    '',
    'GITPOST_URL and ACCESS_TOKEN address another gitpost than the one on this machine.',
    '',
  ].join('\n');
}

export function helpOf(verb: Verb): string {
  const usage = `gitpost ${verb.name} ${verb.args}`.trimEnd();
  return [
    `${verb.summary}.`,
    '',
    `Usage: ${usage} [options]`,
    '',
    ...(verb.description ?? []).flatMap((paragraph) => [...wrap(paragraph, 80), '']),
    ...verb.options.map((option) => row(flagsOf(option), helpText(option))),
    '',
    'Examples:',
    ...verb.examples.flatMap(([command, meaning]) => [`  ${command}`, `      ${meaning}`]),
    '',
  ].join('\n');
}

/** An option as it is typed: `-t, --type <type>`. */
export function flagsOf({ name, short, value }: Option): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`;
}

export const helpText = ({ help, choices }: Option): string =>
  choices === undefined ? help : `${help}: ${choices.join(', ')}`;

function row(left: string, right: string): string {
  const [first = '', ...rest] = wrap(right, 100 - MARGIN);
  const head =
    left.length + 4 > MARGIN
      ? `  ${left}\n${' '.repeat(MARGIN)}${first}`
      : `  ${left.padEnd(MARGIN - 2)}${first}`;
  return [head, ...rest.map((line) => ' '.repeat(MARGIN) + line)].join('\n');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
