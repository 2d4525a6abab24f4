import { isIncomplete, isSecretGuard, type Problem } from '../api/problem.ts';

/** A failure in the page's own words where the server's speak to a program. */
export function problemInWords(problem: Problem): string {
  if (isSecretGuard(problem) && problem.seen.length > 0) {
    return `This looks like ${problem.seen.join(' and ')}. What is committed stays in the history, and goes to everyone who has the repository.`;
  }
  if (isIncomplete(problem) && problem.reasons.length > 0) {
    const done = problem.deliveries.map(({ repository }) => repository).join(', ');
    const safe = done === '' ? '' : ` It is saved in ${done}; sending again completes the rest.`;
    return `${problem.reasons.join(' ')}${safe}`;
  }
  return problem.detail;
}
