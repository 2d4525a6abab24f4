import { misused } from './ending.ts';
import type { Option, Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

/** A completion script. It contains the verbs, their options and the options' values, and runs nothing to find them. */

export function completionFor(shell: string): string {
  const make = MAKERS[shell];
  if (make) return make();
  throw misused(
    `There is completion for ${Object.keys(MAKERS).join(', ')}, not for ${JSON.stringify(shell)}`,
  );
}

const flagsOf = ({ options }: Verb): string[] =>
  options.flatMap(({ name, short }) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])]);

const flagPattern = ({ name, short }: Option): string =>
  short === undefined ? `--${name}` : `--${name}|-${short}`;

const choosing = ({ options }: Verb) =>
  options.flatMap((option) => (option.choices ? [{ option, choices: option.choices }] : []));

/** Verbs whose arguments are files, and options whose value is a file. */
const FILES = ['import'];
const isFile = ({ value }: Option): boolean => value === 'file';
/** Options whose value can be anything. */
const isFree = ({ value, choices }: Option): boolean =>
  value !== undefined && value !== 'file' && choices === undefined;

function bash(): string {
  const cases = VERBS.filter(({ name }) => name !== 'completion').map((verb) => {
    const values = choosing(verb).map(
      ({ option, choices }) => `        ${flagPattern(option)}) words="${choices.join(' ')}" ;;`,
    );
    const files = verb.options.filter(isFile).map((option) => `        ${flagPattern(option)}) files=1 ;;`);
    const free = verb.options.filter(isFree).map(flagPattern);
    const nothing = free.length > 0 ? [`        ${free.join('|')}) ;;`] : [];
    const rest = `        *) words="${flagsOf(verb).join(' ')}"${FILES.includes(verb.name) ? ' files=1' : ''} ;;`;
    return [
      `    ${verb.name})`,
      '      case "$before" in',
      ...values,
      ...files,
      ...nothing,
      rest,
      '      esac ;;',
    ].join('\n');
  });
  return `# Completion of gitpost for bash.
_gitpost() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words="" files=""
  COMPREPLY=()
  # bash makes three words of --type=code.
  if [ "$before" = "=" ]; then before="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  if [ "$current" = "=" ]; then current=""; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${[...VERBS.map(({ name }) => name), '--help', '--version'].join(' ')}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    completion) words="${Object.keys(MAKERS).join(' ')}" ;;
    help) words="${VERBS.map(({ name }) => name).join(' ')}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$files" ] && [ "\${#COMPREPLY[@]}" -eq 0 ]; then
    compopt -o default
  fi
}
complete -F _gitpost gitpost
`;
}

function zsh(): string {
  const quoted = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, '\\$&');
  const cases = VERBS.map((verb) => {
    const specs = verb.options.map(({ name, short, value, multiple, choices, help }) => {
      const star = multiple ? '*' : '';
      const action = choices ? `(${choices.join(' ')})` : value === 'file' ? '_files' : '';
      const argument = value === undefined ? '' : `:${value}:${action}`;
      const end = `[${quoted(help)}]${argument}'`;
      const [long, letter] = value === undefined ? [`--${name}`, `-${short}`] : [`--${name}=`, `-${short}+`];
      return short === undefined || multiple
        ? `'${star}${long}${end}${short === undefined ? '' : ` '${star}${letter}${end}`}`
        : `'(-${short} --${name})'{${letter},${long}}'${end}`;
    });
    const rest =
      verb.name === 'completion'
        ? "':shell:(bash zsh fish)'"
        : FILES.includes(verb.name)
          ? "'*:file:_files'"
          : "'*: :'";
    return `    ${verb.name}) _arguments ${[...specs, rest].join(' ')} ;;`;
  });
  return `#compdef gitpost
# Completion of gitpost for zsh.
_gitpost() {
  if (( CURRENT == 2 )); then
    local -a verbs=(${VERBS.map(({ name, summary }) => `'${name}:${quoted(summary)}'`).join(' ')})
    _describe verb verbs
    return
  fi
  shift words
  (( CURRENT -= 1 ))
  case $words[1] in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _gitpost ]; then _gitpost "$@"; else compdef _gitpost gitpost; fi
`;
}

function fish(): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
  const verbs = VERBS.map(
    ({ name, summary }) => `complete -c gitpost -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
  );
  const options = VERBS.flatMap((verb) =>
    verb.options.map(({ name, short, value, choices, help }) =>
      [
        `complete -c gitpost -n '__fish_seen_subcommand_from ${verb.name}' -l ${name}`,
        ...(short === undefined ? [] : [`-s ${short}`]),
        ...(value === undefined ? [] : [value === 'file' ? '-rF' : '-x']),
        ...(choices ? [`-a ${quoted(choices.join(' '))}`] : []),
        `-d ${quoted(help)}`,
      ].join(' '),
    ),
  );
  return `# Completion of gitpost for fish.
complete -c gitpost -f
complete -c gitpost -n __fish_use_subcommand -s h -l help -d 'Show the help'
complete -c gitpost -n __fish_use_subcommand -s v -l version -d 'Show the version'
complete -c gitpost -n __fish_use_subcommand -l open -d 'Run the app and open the page'
${[...verbs, ...options].join('\n')}
complete -c gitpost -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
complete -c gitpost -F -n '__fish_seen_subcommand_from import'
`;
}

const MAKERS: Readonly<Record<string, () => string>> = { bash, zsh, fish };
