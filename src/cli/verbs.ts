import { EXPORT_FORMATS, IMPORT_FORMATS } from '../domain/formats.ts';
import { common, confirm, content, filters, json, listing, ndjson } from './options.ts';
import type { Verb } from './verb.ts';

const sync = (name: 'push' | 'pull', summary: string, meaning: string): Verb => ({
  name,
  args: '[repository…]',
  count: [0, Number.POSITIVE_INFINITY],
  summary,
  description: ['Without names, this covers all repositories. The exit code is 1 if one of them failed.'],
  options: [json, ...common],
  examples: [
    [`gitpost ${name}`, meaning],
    [`gitpost ${name} journal`, 'Only this repository'],
  ],
});

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: 'serve',
    args: '',
    count: [0, 0],
    summary: 'Run the app. This is also what gitpost does without a verb',
    options: [{ name: 'open', help: 'Open the page in the browser' }, ...common],
    examples: [
      ['gitpost', 'Run the app'],
      ['gitpost serve --open', 'Run the app and open the page'],
      ['PORT=0 gitpost', 'Run it on a free port'],
    ],
  },
  {
    name: 'add',
    args: '[text…]',
    count: [0, Number.POSITIVE_INFINITY],
    summary: 'Write a message, and print its id',
    description: [
      'Several words are joined by spaces. The text is read from standard input if it is -, or if something is piped in and there is no text, file or link.',
    ],
    options: [
      {
        name: 'repository',
        short: 'r',
        value: 'name',
        multiple: true,
        help: 'The repository it goes to, or all; may be repeated',
      },
      ...content,
      {
        name: 'file',
        short: 'f',
        value: 'file',
        multiple: true,
        help: 'A file that goes with it; may be repeated',
        fields: ['attachments'],
      },
      { name: 'done', help: 'The task is done; makes it a task' },
      { name: 'pin', help: 'Pin it', fields: ['pinned'] },
      { name: 'reply-to', value: 'id', help: 'The message that it replies to', fields: ['replyTo'] },
      { name: 'at', value: 'time', help: 'When it was written, if not now', fields: ['createdAt'] },
      { name: 'id', value: 'uuid', help: 'Its id: the same id again makes no second message' },
      confirm,
      { name: 'json', help: 'Print the message as JSON instead of its id' },
      ...common,
    ],
    examples: [
      ['gitpost add "Call the plumber #home"', 'A message with a tag'],
      ['gitpost add -t task Water the plants', 'A task'],
      ['gitpost add -f photo.jpg "The leak"', 'A picture with a text'],
      ['git diff | gitpost add -t code -l diff -', 'What another program prints'],
    ],
  },
  {
    name: 'list',
    args: '',
    count: [0, 0],
    summary: 'Show messages',
    description: ['The newest comes last on a terminal, and first in a pipe and in JSON.'],
    options: [...listing, ...common],
    examples: [
      ['gitpost list -n 5', 'The last five messages'],
      ['gitpost list --tag idea --since 2026-01-01', 'Ideas of this year'],
      ['gitpost list --ndjson | jq -r .text', 'Every text, for another program'],
    ],
  },
  {
    name: 'search',
    args: '<words…>',
    count: [1, Number.POSITIVE_INFINITY],
    summary: 'Find messages',
    description: [
      'All words must be in a message. "Quoted phrases" and operators such as from:, in:, type:, tag:, before: and after: work as on the page. Put -- in front of a search that begins with a minus.',
    ],
    options: [...listing, ...common],
    examples: [
      ['gitpost search plumber', 'Messages with this word'],
      ['gitpost search \'tag:idea "second draft"\'', 'A phrase, with an operator'],
      ['gitpost search -- -draft', 'Messages without this word'],
    ],
  },
  {
    name: 'show',
    args: '<id>',
    count: [1, 1],
    summary: 'Show one message',
    description: ['The last 6 or more characters of an id are enough if no other id ends with them.'],
    options: [
      { name: 'history', help: 'Show every revision, oldest first' },
      { name: 'as-of', value: 'time', help: 'The message as it was at this time or commit' },
      json,
      ...common,
    ],
    examples: [
      ['gitpost show 4f2c9a', 'The message whose id ends with this'],
      ['gitpost show --history 4f2c9a', 'Every revision of a message'],
    ],
  },
  {
    name: 'edit',
    args: '<id> [text…]',
    count: [1, Number.POSITIVE_INFINITY],
    summary: 'Change a message',
    description: [
      'Without a text and without an option, your editor opens: $VISUAL, $EDITOR or vi. Every version stays in the history.',
    ],
    options: [
      ...content,
      { name: 'done', help: 'The task is done' },
      { name: 'undone', help: 'The task is not done' },
      { name: 'pin', help: 'Pin it', fields: ['pinned'] },
      { name: 'unpin', help: 'Unpin it' },
      { name: 'restore', help: 'Bring it back if it is deleted' },
      confirm,
      { name: 'json', help: 'Print the message as JSON' },
      ...common,
    ],
    examples: [
      ['gitpost edit 4f2c9a', 'Change it in the editor'],
      ['gitpost edit 4f2c9a Call the plumber on Monday', 'Give it another text'],
      ['gitpost edit --restore 4f2c9a', 'Bring back a deleted message'],
    ],
  },
  {
    name: 'done',
    args: '<id…>',
    count: [1, Number.POSITIVE_INFINITY],
    summary: 'Mark tasks as done',
    options: [{ name: 'undo', help: 'Mark them as not done' }, ...common],
    examples: [['gitpost done 4f2c9a', 'This task is done']],
  },
  {
    name: 'rm',
    args: '<id…>',
    count: [1, Number.POSITIVE_INFINITY],
    summary: 'Delete messages',
    description: [
      'A delete is a revision too. The history keeps the text, and gitpost edit --restore brings it back.',
    ],
    options: [...common],
    examples: [['gitpost rm 4f2c9a', 'Delete this message']],
  },
  sync('push', 'Fetch, merge and push', 'Bring everything to the remotes'),
  sync('pull', 'Fetch and merge', 'Get what others have pushed'),
  {
    name: 'status',
    args: '[repository…]',
    count: [0, Number.POSITIVE_INFINITY],
    summary: 'Show the state of repositories',
    description: ['The exit code is 1 if something is wrong with one of them.'],
    options: [json, ndjson, ...common],
    examples: [['gitpost status', 'What is not pushed yet, and what needs you']],
  },
  {
    name: 'import',
    args: '<file or folder>',
    count: [1, 1],
    summary: 'Import what another program exported',
    description: [
      'The file is recognised by what is in it; - reads it from standard input. Importing it again adds only what is new. docs/import.md says what each format needs.',
    ],
    options: [
      { name: 'format', value: 'format', choices: IMPORT_FORMATS, help: 'What the file is' },
      { name: 'repository', short: 'r', value: 'name', help: 'The repository that the messages go to' },
      { name: 'dry-run', help: 'Show what would be imported, and write nothing', fields: ['dryRun'] },
      { name: 'zone', value: 'zone', help: 'The time zone of times without one, such as Europe/Berlin' },
      {
        name: 'dates',
        value: 'order',
        choices: ['dmy', 'mdy'],
        help: 'Whether a day or a month comes first in dates',
      },
      {
        name: 'conversation',
        value: 'id',
        multiple: true,
        help: 'Only this conversation; may be repeated',
        fields: ['conversations'],
      },
      confirm,
      { name: 'json', help: 'Print the result as JSON' },
      ...common,
    ],
    examples: [
      ['gitpost import --dry-run slack.zip', 'What would be imported'],
      ['gitpost import --zone Europe/Berlin chat.txt', 'A file whose times have no zone'],
      ['gitpost import notes/', 'A folder of Markdown notes'],
    ],
  },
  {
    name: 'export',
    args: '',
    count: [0, 0],
    summary: 'Export messages, as a file or to standard output',
    options: [
      {
        name: 'format',
        value: 'format',
        choices: EXPORT_FORMATS,
        help: 'The format; ndjson if none is given',
      },
      { name: 'output', short: 'o', value: 'file', help: 'The file to write; - for standard output' },
      {
        name: 'all-revisions',
        help: 'Every revision, not only the current ones; for ndjson. A zip has them anyway',
        fields: ['revisions'],
      },
      { name: 'query', short: 'q', value: 'search', help: 'Only messages that this search finds' },
      ...filters,
      ...common,
    ],
    examples: [
      ['gitpost export -o messages.ndjson --all-revisions', 'Everything, to be imported again'],
      ['gitpost export --format zip -o all.zip', 'Everything with its files'],
      ['gitpost export --format html --tag recipe -o recipes.html', 'A page with some messages'],
    ],
  },
  {
    name: 'verify',
    args: '',
    count: [0, 0],
    summary: 'Check that mirror, clones and remotes agree',
    description: [
      'It changes nothing. The exit code is 1 if something is wrong. docs/verify.md explains what it finds.',
    ],
    options: [...common],
    examples: [['gitpost verify', 'Check everything']],
  },
  {
    name: 'mcp',
    args: '',
    count: [0, 0],
    summary: 'Let an agent use gitpost, over standard input and output',
    description: [
      'This is the Model Context Protocol, which clients such as editors and assistants start on their own. docs/agents.md says how to connect them.',
    ],
    options: [{ name: 'allow-delete', help: 'Let the agent delete messages too' }, ...common],
    examples: [['gitpost mcp', 'What to put into the settings of a client']],
  },
  {
    name: 'completion',
    args: '<shell>',
    count: [1, 1],
    summary: 'Print a completion script for bash, zsh or fish',
    options: [...common],
    examples: [
      ['eval "$(gitpost completion bash)"', 'For ~/.bashrc'],
      ['eval "$(gitpost completion zsh)"', 'For ~/.zshrc, after compinit'],
      ['gitpost completion fish | source', 'For config.fish'],
    ],
  },
];

export const findVerb = (name: string): Verb | undefined => VERBS.find((verb) => verb.name === name);
