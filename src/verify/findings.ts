import type { Finding } from '../contract/verification.ts';

/** So many findings of one kind are listed: who has more has one cause for them. */
const LISTED_A_KIND = 50;

/** Gathers what is found in one place. */
export class Findings {
  readonly #list: Finding[] = [];
  readonly #counts = new Map<string, number>();
  #omitted = 0;

  add(finding: Finding): void {
    // A notice must not take the place of what is wrong.
    const key = `${finding.kind} ${finding.severity}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count <= LISTED_A_KIND) this.#list.push(finding);
    else this.#omitted += 1;
  }

  /** What is wrong stands first. */
  list(): Finding[] {
    const isWrong = (finding: Finding) => finding.severity === 'wrong';
    return [...this.#list.filter(isWrong), ...this.#list.filter((finding) => !isWrong(finding))];
  }

  /** How many there are that {@link list} leaves out. */
  get omitted(): number {
    return this.#omitted;
  }
}

export const isWrong = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'wrong');
