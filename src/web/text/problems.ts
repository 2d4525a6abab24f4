import { isRepositoryName } from '../../domain/target.ts';
import { errorOf, isIncomplete, isSecretGuard, type Problem } from '../api/problem.ts';

/** A failure in the page's own words, if the server's are meant for a program. */
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

/**
 * Why a repository was not added. The form has one field for what the API takes as two, so it must not mention `url`.
 */
export function additionInWords(problem: Problem, place: string, nothing = 'Nothing was added'): string {
  const error = errorOf(problem, 'url') ?? errorOf(problem, 'github');
  if (error === undefined || error.startsWith('url: ')) return problem.detail;
  if (isRepositoryName(place)) {
    return `${nothing}: a name alone does not say whose ${place} is. Give owner/name, an address or a folder.`;
  }
  if (/^(url|github) must be /.test(error)) {
    return `${nothing}: give owner/name, an address (https, http, ssh or file, without a password), or the whole path of a folder.`;
  }
  return `${nothing}: what is given here ${error.replace(/^(url|github) /, '')}.`;
}
