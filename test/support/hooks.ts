/** Every hook that git could run for something that gitpost does. */
export const HOOKS = [
  'pre-commit',
  'commit-msg',
  'prepare-commit-msg',
  'post-commit',
  'pre-push',
  'post-checkout',
  'post-merge',
  'reference-transaction',
  'post-index-change',
  'pre-auto-gc',
  'post-rewrite',
] as const;
