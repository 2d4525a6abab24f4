import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { MOST_ATTACHMENT_BYTES } from './domain/attachment.ts';
import type { Target } from './domain/repository.ts';
import { LONGEST_INTERVAL } from './domain/settings.ts';
import { parseTarget, sameName } from './domain/target.ts';
import { withoutEnd } from './domain/trim.ts';
import { type Environment, mergeVariables, readDotenv } from './environment.ts';
import { gitEnvironment } from './git/settings.ts';

/** The configuration from the environment, validated, with defaults filled in. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly accessToken: string | undefined;
  readonly allowedHosts: readonly string[];
  /** The address at which people open the page through a proxy, without a trailing slash. */
  readonly publicUrl: string | undefined;
  readonly authorName: string | undefined;
  readonly authorEmail: string | undefined;
  /** The first one is the primary. */
  readonly targets: readonly Target[];
  readonly defaultTarget: 'primary' | 'all';
  /** Seconds between automatic syncs, 0 for never; `undefined` if people can set it while the program runs. */
  readonly syncInterval: number | undefined;
  readonly reposDirectory: string;
  readonly dataDirectory: string;
  readonly githubUrl: string;
  /** `undefined` if the token is for a host other than GitHub's own, and no API address is set. */
  readonly githubApiUrl: string | undefined;
  readonly githubUsername: string | undefined;
  /** Returns the token. It is read again each time, so a new one in `.env` takes effect without a restart. */
  readonly githubToken: () => string | undefined;
  readonly secretGuard: boolean;
  /** Whether agents have access, and whether they may also delete messages. */
  readonly mcp: 'on' | 'off' | 'delete';
  /** The size limit for an attachment, in bytes. */
  readonly attachmentLimit: number;
  readonly logLevel: string;
  readonly gitEnvironment: Readonly<Record<string, string>>;
}

/** Why a start is refused: one line for each wrong value. */
export interface ConfigError {
  readonly lines: readonly string[];
}

const GITHUB = 'https://github.com';
const GITHUB_API = 'https://api.github.com';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const number = (name: string, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `${name} must be a whole number from 0 to ${max}`)
    .transform(Number)
    .refine((value) => value <= max, `${name} must be a whole number from 0 to ${max}`);

const httpUrl = (name: string) =>
  z
    .string()
    .refine(isPlainHttpUrl, `${name} must be an http or https URL without user name, password and query`)
    .transform((url) => withoutEnd(url, '/'));

const MIB = 2 ** 20;
const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KIB: 1024, MIB };

/** A size in bytes, such as `10MiB`; `undefined` if the text is not one. */
function bytesOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9})\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase()];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

const oneOf = <const Values extends readonly [string, ...string[]]>(name: string, values: Values) =>
  z.enum(values, { error: () => `${name} must be one of ${values.join(', ')}` });

const token = (name: string, min: number) =>
  z
    .string()
    .refine(
      (text) => !/[\s\p{Cc}]/u.test(text) && [...text].length >= min,
      `${name} must have ${min} characters or more, none of them white space`,
    );

const person = (name: string) =>
  z
    .string()
    .max(80, `${name} must have 80 characters or fewer`)
    .regex(/^[^\p{Cc}<>]+$/u, `${name} must not hold control characters, < or >`);

const variables = z.object({
  GITHUB_TOKEN: token('GITHUB_TOKEN', 1).optional(),
  GITHUB_USERNAME: z
    .string()
    .regex(
      /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?$/,
      'GITHUB_USERNAME must be the name of an account',
    )
    .optional(),
  REPOSITORY_NAME: z.string().default('messages'),
  REPOSITORIES: z.string().default(''),
  DEFAULT_TARGET: oneOf('DEFAULT_TARGET', ['primary', 'all']).default('primary'),
  PORT: number('PORT', 65_535).default(8080),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'HOST must be an IP address or a host name')
    .default('127.0.0.1'),
  ACCESS_TOKEN: token('ACCESS_TOKEN', 16).optional(),
  ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform(list)
    .refine((hosts) => hosts.every(isHostName), 'ALLOWED_HOSTS must be host names, separated by commas'),
  PUBLIC_URL: httpUrl('PUBLIC_URL')
    .refine(
      (url) => /^\/[A-Za-z0-9._~/-]*$/.test(new URL(url).pathname) && !new URL(url).pathname.includes('//'),
      'PUBLIC_URL must have a path of plain letters and digits, or none',
    )
    .optional(),
  AUTHOR_NAME: person('AUTHOR_NAME').optional(),
  AUTHOR_EMAIL: person('AUTHOR_EMAIL').optional(),
  SYNC_INTERVAL: number('SYNC_INTERVAL', LONGEST_INTERVAL).optional(),
  REPOS_DIR: z.string().default('repos'),
  DATA_DIR: z.string().default('data'),
  GITHUB_URL: httpUrl('GITHUB_URL').default(GITHUB),
  GITHUB_API_URL: httpUrl('GITHUB_API_URL').optional(),
  SECRET_GUARD: oneOf('SECRET_GUARD', ['on', 'off']).default('on'),
  ATTACHMENT_LIMIT: z
    .string()
    .default('10MiB')
    .transform(bytesOf)
    .refine(
      (bytes): bytes is number => bytes !== undefined && bytes >= 1 && bytes <= MOST_ATTACHMENT_BYTES,
      'ATTACHMENT_LIMIT must be a size from 1 to 50MiB, such as 10MiB',
    ),
  MCP: oneOf('MCP', ['on', 'off', 'delete']).default('on'),
  LOG_LEVEL: oneOf('LOG_LEVEL', LOG_LEVELS).default('info'),
});

/** Reads the configuration from a folder's `.env` and from real variables, which take precedence. Writes nothing. */
export function readConfig(own: Environment, directory: string): Config | ConfigError {
  const environment = mergeVariables(readDotenv(directory), own);
  const { values, lines: wrong } = parseEach(environment);
  const dataDirectory = resolve(directory, values.DATA_DIR);
  const { targets, lines } = readTargets(values, `${dataDirectory}/remotes`);
  if (environment.GITHUB_TOKEN !== undefined && environment.GITHUB_USERNAME === undefined) {
    lines.push('GITHUB_USERNAME must be set if GITHUB_TOKEN is');
  }
  if (environment.ACCESS_TOKEN === undefined && !isLoopback(values.HOST)) {
    lines.push(
      `ACCESS_TOKEN must be set (16 characters or more) if HOST is not a loopback address (127.0.0.1, ::1)`,
    );
  }
  if (wrong.length + lines.length > 0) return { lines: [...wrong, ...lines] };
  return Object.freeze({
    port: values.PORT,
    host: values.HOST,
    accessToken: values.ACCESS_TOKEN,
    allowedHosts: values.ALLOWED_HOSTS,
    publicUrl: values.PUBLIC_URL,
    authorName: values.AUTHOR_NAME,
    authorEmail: values.AUTHOR_EMAIL,
    targets,
    defaultTarget: values.DEFAULT_TARGET,
    syncInterval: values.SYNC_INTERVAL,
    reposDirectory: resolve(directory, values.REPOS_DIR),
    dataDirectory,
    githubUrl: values.GITHUB_URL,
    githubApiUrl:
      values.GITHUB_API_URL ?? (new URL(values.GITHUB_URL).origin === GITHUB ? GITHUB_API : undefined),
    githubUsername: values.GITHUB_USERNAME,
    githubToken: () => own.GITHUB_TOKEN || readDotenv(directory).GITHUB_TOKEN || undefined,
    secretGuard: values.SECRET_GUARD === 'on',
    mcp: values.MCP,
    attachmentLimit: values.ATTACHMENT_LIMIT,
    logLevel: values.LOG_LEVEL,
    gitEnvironment: gitEnvironment(own),
  });
}

/** Parses each variable separately. A wrong one gives a line for the error, and its default is used to continue. */
function parseEach(environment: Readonly<Record<string, string>>) {
  const lines: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(variables.shape)) {
    const parsed = schema.safeParse(environment[name]);
    values[name] = parsed.success ? parsed.data : schema.parse(undefined);
    if (!parsed.success) lines.push(parsed.error.issues[0]?.message ?? `${name} is wrong`);
  }
  return { values: values as z.infer<typeof variables>, lines };
}

export const isConfigError = (config: Config | ConfigError): config is ConfigError => 'lines' in config;

/** Whether an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  // An IPv6 address can be written in many ways, but has only one form in a URL.
  return isIP(host) === 6
    ? new URL(`http://[${host}]`).hostname === '[::1]'
    : host.toLowerCase() === 'localhost';
}

function readTargets(values: z.infer<typeof variables>, remotesDirectory: string) {
  const context = { githubUrl: values.GITHUB_URL, username: values.GITHUB_USERNAME, remotesDirectory };
  const targets: Target[] = [];
  const lines: string[] = [];
  const add = (variable: string, text: string) => {
    const target = parseTarget(text, context);
    if (!target.ok) {
      lines.push(`${variable} ${target.failure.detail}`);
      return;
    }
    const { name } = target.value;
    const twin = targets.find((other) => sameName(other.name, name));
    if (twin)
      lines.push(`${variable} must not name two repositories for one folder, ${JSON.stringify(name)}`);
    else targets.push(target.value);
  };
  add('REPOSITORY_NAME', values.REPOSITORY_NAME);
  for (const text of list(values.REPOSITORIES)) add('REPOSITORIES', text);
  return { targets, lines };
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

const isHostName = (name: string): boolean => /^[A-Za-z0-9.:[\]_-]+$/.test(name);

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
