import { z } from 'zod';
import { commit } from './fields.ts';
import type { Shape } from './shape.ts';

/** The kinds of findings. docs/verify.md explains each. */
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
  /** `wrong`: something is not as it must be, so a person has to act. `notice`: worth knowing, but not a defect. */
  severity: z.enum(['wrong', 'notice']),
  /** What is wrong, and what to do about it. */
  detail: z.string(),
  action: z.string(),
  file: z.string().exactOptional(),
  line: z.int().exactOptional(),
  /** The id of the message concerned. */
  id: z.uuid().exactOptional(),
  commit: z.string().exactOptional(),
});
/** Something that does not agree, or that a person should know about. */
export type Finding = Shape<typeof finding>;

const findings = {
  findings: z.array(finding),
  omitted: z.int().meta({ description: 'How many more findings there are than are listed' }),
};

const repository = z.object({
  name: z.string(),
  url: z.string(),
  branch: z.string(),
  /** The commit of the branch that everything was compared with. */
  head: commit,
  /** Where the remote says its branch is; `null` if it has none or was unreachable. */
  remoteHead: commit,
  /** How many messages the branch holds, including deleted ones, and how many distinct lines. */
  messages: z.int(),
  lines: z.int(),
  commits: z.int(),
  ahead: z.int(),
  behind: z.int(),
  /** How many messages have lines that the remote's branch lacks, as far as we know. */
  unpushed: z.int(),
  ...findings,
});
/** The result for one repository. */
export type RepositoryVerification = Shape<typeof repository>;

export const verificationSchema = z
  .object({
    status: z.enum(['ok', 'wrong']),
    milliseconds: z.int(),
    repositories: z.array(repository),
    /** `messages` includes deleted ones. */
    mirror: z.object({ messages: z.int(), ...findings }),
  })
  .meta({ id: 'Verification' });
export type Verification = Shape<typeof verificationSchema>;
