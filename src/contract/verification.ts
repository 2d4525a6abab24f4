import { z } from 'zod';
import { commit } from './fields.ts';
import type { Shape } from './shape.ts';

/** What a verification can find. docs/verify.md says what each means. */
const KINDS = [
  'clone-missing',
  'clone-broken',
  'object-unusual',
  'line-unreadable',
  'line-newer',
  'line-twice',
  'line-gone',
  'attachment-missing',
  'attachment-damaged',
  'attachment-unnamed',
  'journal-astray',
  'parent-missing',
  'mirror-absent',
  'mirror-damaged',
  'mirror-behind',
  'mirror-lacks',
  'mirror-extra',
  'mirror-commit',
  'mirror-count',
  'remote-offline',
  'remote-refuses',
  'remote-ahead',
  'remote-behind',
  'lock-left',
  'uncommitted',
  'not-followed',
  'rewritten',
  'unsafe',
  'sync-failed',
] as const;

const finding = z.object({
  kind: z.enum(KINDS),
  /** `wrong` needs a person, since something is not as it must be; `notice` is worth knowing and no defect. */
  severity: z.enum(['wrong', 'notice']),
  /** What is the case, and what to do about it. */
  detail: z.string(),
  action: z.string(),
  file: z.string().exactOptional(),
  line: z.int().exactOptional(),
  /** The id of the message that it is about. */
  id: z.uuid().exactOptional(),
  commit: z.string().exactOptional(),
});
/** One thing that does not agree, or that a person should know of. */
export type Finding = Shape<typeof finding>;

const findings = {
  findings: z.array(finding),
  omitted: z.int().meta({ description: 'How many more findings there are than are listed' }),
};

const repository = z.object({
  name: z.string(),
  url: z.string(),
  branch: z.string(),
  /** The commit of the branch that everything was held against. */
  head: commit,
  /** Where the remote says that its branch is; `null` if it has none or was out of reach. */
  remoteHead: commit,
  /** How many messages the branch holds, deleted ones too, and how many different lines. */
  messages: z.int(),
  lines: z.int(),
  commits: z.int(),
  ahead: z.int(),
  behind: z.int(),
  /** How many messages have lines that the remote's branch does not have, as far as we have heard. */
  unpushed: z.int(),
  ...findings,
});
/** What one repository was found to be. */
export type RepositoryVerification = Shape<typeof repository>;

export const verificationSchema = z
  .object({
    status: z.enum(['ok', 'wrong']),
    milliseconds: z.int(),
    repositories: z.array(repository),
    /** `messages` are all that it holds, deleted ones too. */
    mirror: z.object({ messages: z.int(), ...findings }),
  })
  .meta({ id: 'Verification' });
export type Verification = Shape<typeof verificationSchema>;
