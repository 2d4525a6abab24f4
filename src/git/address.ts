import { fileURLToPath } from 'node:url';

export type Protocol = 'file' | 'ssh' | 'http' | 'https';

/** How git reaches an address. `user@host:path` means ssh. */
export function protocolOf(url: string): Protocol {
  if (localPath(url) !== undefined) return 'file';
  const named = /^(https?|ssh):\/\//i.exec(url)?.[1]?.toLowerCase();
  return (named as Protocol | undefined) ?? 'ssh';
}

/** The folder on this machine that an address means; `undefined` if it means another machine. */
export function localPath(url: string): string | undefined {
  if (url.startsWith('file:')) return fileURLToPath(url);
  return url.startsWith('/') || /^[A-Za-z]:[\\/]/.test(url) ? url : undefined;
}

/** The parts of an address on another machine. */
export interface RemoteHost {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: string | undefined;
  readonly path: string;
}

/** Where an address leads on the network; `undefined` for a folder on this machine. */
export function hostOf(url: string): RemoteHost | undefined {
  if (localPath(url) !== undefined) return undefined;
  const short = /^(?:([^@/:]+)@)?([^/:]+):(?!\/\/)(.+)$/.exec(url);
  if (short) return { user: short[1], host: short[2] ?? '', port: undefined, path: short[3] ?? '' };
  if (!URL.canParse(url)) return undefined;
  const { username, hostname, port, pathname } = new URL(url);
  return {
    user: username === '' ? undefined : username,
    host: hostname,
    port: port === '' ? undefined : port,
    path: pathname,
  };
}

/** The command with which a person can test an ssh address by hand. */
export function sshTrial(url: string): string {
  const { user, host = '', port } = hostOf(url) ?? {};
  const parts = ['ssh', '-T', ...(port ? ['-p', port] : []), user ? `${user}@${host}` : host];
  // Names with any other character are not put into a line that someone may paste into a shell.
  return parts.every((part) => /^[\w.@:[\]-]+$/.test(part)) ? parts.join(' ') : 'ssh -T <user>@<host>';
}
