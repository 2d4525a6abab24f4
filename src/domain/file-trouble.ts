/** What the system reports about a file or folder that cannot be used. */
export interface FileTrouble {
  readonly code?: string | undefined;
  readonly message: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'part of the path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  EEXIST: 'a file is in the way',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links lead in a circle',
  EIO: 'the disk reports an error',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
};

/** Why a file or folder cannot be used, in words. */
export const reasonOf = ({ code = '', message }: FileTrouble): string => REASONS[code] ?? message;

/** Whether there is no room for more, so another folder on the same disk would not help. */
export const isDiskFull = ({ code }: FileTrouble): boolean => code === 'ENOSPC' || code === 'EDQUOT';
