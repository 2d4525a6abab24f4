import fc from 'fast-check';

/** What is rarer and rougher than everyday use; each kind is one file in `steps/`. */
export const FURTHER_KINDS = [
  /** Somebody pushes a file that has the name of a file of this device, in an odd form. */
  'foreign-file',
  /** Somebody pushes something in the place of a file that this device attaches. */
  'foreign-attachment',
  /** Somebody pushes a line with huge or odd values, and this device edits its message. */
  'odd-line',
  /** The device goes to another branch and comes back, while branches with nested names come and go. */
  'branch',
  /** The index is lost, or the work tree is somewhere else for a while. */
  'lose-index',
  /** A repository gets another name while messages are written to it. */
  'rename',
  /** A repository is removed while messages are written to it, and added again. */
  'remove',
  /** Git takes upper and lower case for the same, and a folder differs in case only. */
  'letter-case',
  /** A person changes a setting of git. */
  'setting',
  /** A git process of ours stops, and continues later or never. */
  'stop-child',
] as const;
export type FurtherKind = (typeof FURTHER_KINDS)[number];

export const isFurther = (kind: string): kind is FurtherKind =>
  (FURTHER_KINDS as readonly string[]).includes(kind);

/** One thing that happens on one device; `pick` chooses among what there is to do it to. */
export type Step =
  | {
      readonly kind:
        | 'create'
        | 'edit'
        | 'delete'
        | 'undelete'
        /** A message with files. */
        | 'attach'
        /** An edit of the files of a message. */
        | 'change-files'
        /** Another program appends a line to a journal of its own. */
        | 'append'
        /** A person commits a file of their own, alone or with all that is changed. */
        | 'commit'
        /** A person merges by hand what the remote has. */
        | 'merge'
        /** It is stopped and started while a message and a push are on their way. */
        | 'interrupt'
        | FurtherKind;
      readonly device: number;
      readonly pick: number;
    }
  | {
      readonly kind:
        | 'push'
        | 'pull'
        | 'restart'
        /** Its folder is copied, and a further device begins with the copy. */
        | 'copy';
      readonly device: number;
    }
  | { readonly kind: 'skew'; readonly device: number; readonly years: number };

/** What several people do on several devices, in one order. */
export interface History {
  readonly repositories: 1 | 2;
  readonly steps: readonly Step[];
}

const device = fc.nat({ max: 5 });
const pick = fc.nat({ max: 1000 });

const withPick = (...kinds: readonly Extract<Step, { readonly pick: number }>['kind'][]) =>
  fc.record({ kind: fc.constantFrom(...kinds), device, pick });
const plain = (...kinds: readonly Exclude<Step, { pick: number } | { years: number }>['kind'][]) =>
  fc.record({ kind: fc.constantFrom(...kinds), device });

/** Everyday use; the weights add up to 45. */
const everyday: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 8, arbitrary: withPick('create') },
  { weight: 8, arbitrary: withPick('edit') },
  { weight: 4, arbitrary: withPick('delete', 'undelete') },
  { weight: 5, arbitrary: withPick('attach', 'change-files') },
  { weight: 8, arbitrary: plain('push', 'pull') },
  { weight: 4, arbitrary: withPick('append', 'commit') },
  { weight: 3, arbitrary: withPick('merge', 'interrupt') },
  { weight: 2, arbitrary: plain('restart') },
  { weight: 1, arbitrary: plain('copy') },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('skew' as const),
      device,
      years: fc.integer({ min: -3, max: 3 }),
    }),
  },
];

/** A history has about three further steps, whichever kinds of them it may have. */
const FURTHER_WEIGHT = 12;

/** Histories of everyday use, mixed with the further kinds given. */
export function historyOf(further: readonly FurtherKind[]): fc.Arbitrary<History> {
  const mixed: fc.WeightedArbitrary<Step>[] =
    further.length === 0 ? [] : [{ weight: FURTHER_WEIGHT, arbitrary: withPick(...further) }];
  return fc.record({
    repositories: fc.constantFrom(1 as const, 1 as const, 2 as const),
    steps: fc.array(fc.oneof(...everyday, ...mixed), { minLength: 5, maxLength: 22 }),
  });
}

/** Everyday use alone. */
export const history: fc.Arbitrary<History> = historyOf([]);
