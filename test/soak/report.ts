import { Tally } from './tally.ts';

const MOST_SHOWN = 40;

/** What a soak counts, and what it complains about. */
export class Report {
  readonly requests = new Tally();
  readonly events = new Tally();
  readonly faults = new Tally();
  readonly complaints: string[] = [];

  complain(what: string): void {
    this.complaints.push(what);
    if (this.complaints.length <= MOST_SHOWN) console.log(`WRONG: ${what}`);
  }

  print(): void {
    console.log(`Requests: ${this.requests}\nEvents: ${this.events}\nFaults: ${this.faults}`);
    console.log(`${this.complaints.length} complaints`);
  }
}
