import { parseArgs } from 'node:util';
import { misused } from './ending.ts';
import type { Given, Option, Verb } from './verb.ts';

/** Parses the arguments of a verb. Throws an `Ending` that says what is wrong with them. */
export function parseVerb(verb: Verb, argv: readonly string[]): Given {
  const { values, positionals } = read(verb, argv);
  for (const option of verb.options) checkChoice(option, values[option.name]);
  if (values.json === true && values.ndjson === true)
    throw misused('--json and --ndjson cannot both be given');
  const [least, most] = verb.count;
  if (values.help !== true && (positionals.length < least || positionals.length > most))
    throw misused(countDetail(verb, positionals));
  return { args: positionals, values };
}

function read(verb: Verb, argv: readonly string[]) {
  const options = Object.fromEntries(
    verb.options.map(({ name, short, value, multiple = false }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        multiple,
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw misused(`${detailOf(error as NodeJS.ErrnoException, verb)}. ${seeHelp(verb)}`);
  }
}

const seeHelp = ({ name }: Verb): string => `gitpost ${name} --help lists what there is`;

function detailOf({ code, message }: NodeJS.ErrnoException, verb: Verb): string {
  const option = /'(-[^' ,]*)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `gitpost ${verb.name} has no option ${option}`;
  if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') return message;
  const known = verb.options.find(
    ({ name, short }) => message.includes(`--${name} `) || (short && message.includes(`'-${short}`)),
  );
  const name = known === undefined ? option : `--${known.name}`;
  return known?.value === undefined ? `${name} takes no value` : `${name} needs a value, <${known.value}>`;
}

function checkChoice({ name, choices }: Option, value: unknown): void {
  if (choices === undefined || typeof value !== 'string' || choices.includes(value)) return;
  throw misused(`--${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(value)}`);
}

function countDetail(verb: Verb, given: readonly string[]): string {
  const usage = `Usage: gitpost ${verb.name} ${verb.args}`.trimEnd();
  if (given.length < verb.count[0]) return `Something is missing. ${usage}`;
  return `${JSON.stringify(given[verb.count[1]])} is one argument too many. ${usage}`;
}
