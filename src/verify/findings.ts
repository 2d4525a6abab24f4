import type { Finding } from '../contract/verification.ts';

/** How many findings of one kind are listed. If there are more, they have a common cause. */
const LISTED_A_KIND = 50;

/** Collects the findings of one place. */
export class Findings {
  readonly #list: Finding[] = [];
  readonly #counts = new Map<string, number>();
  #omitted = 0;

  add(finding: Finding): void {
    // Notices must not crowd out what is wrong.
    const key = `${finding.kind} ${finding.severity}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (count <= LISTED_A_KIND) this.#list.push(finding);
    else this.#omitted += 1;
  }

  /** The listed findings, those that are wrong first. */
  list(): Finding[] {
    const isWrong = (finding: Finding) => finding.severity === 'wrong';
    return [...this.#list.filter(isWrong), ...this.#list.filter((finding) => !isWrong(finding))];
  }

  /** How many findings {@link list} leaves out. */
  get omitted(): number {
    return this.#omitted;
  }
}

export const isWrong = (findings: readonly Finding[]): boolean =>
  findings.some(({ severity }) => severity === 'wrong');
