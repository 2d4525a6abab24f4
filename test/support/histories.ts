import fc from 'fast-check';

/** One thing that happens on one device; `pick` chooses among what there is to do it to. */
export type Step =
  | {
      readonly kind:
        | 'create'
        | 'edit'
        | 'delete'
        | 'undelete'
        /** Another program appends a line to a journal of its own. */
        | 'append'
        /** A person commits a file of their own, alone or with all that is changed. */
        | 'commit'
        /** A person merges by hand what the remote has. */
        | 'merge'
        /** It is stopped and started while a message and a push are on their way. */
        | 'interrupt';
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

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: withPick('create') },
  { weight: 8, arbitrary: withPick('edit') },
  { weight: 4, arbitrary: withPick('delete', 'undelete') },
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
);

export const history: fc.Arbitrary<History> = fc.record({
  repositories: fc.constantFrom(1 as const, 1 as const, 2 as const),
  steps: fc.array(step, { minLength: 5, maxLength: 22 }),
});
