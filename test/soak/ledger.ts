import type { Draft } from './writer.ts';

/** A creation that has had no good answer yet; who sends it again must be answered, and it must be there once. */
export interface Unanswered {
  readonly machine: string;
  readonly draft: Draft;
}

/** What was sent, and what was answered with success and must never be missing. */
export class Ledger {
  readonly ids: string[] = [];
  readonly sent = new Map<string, Set<string>>();
  readonly answered = new Map<string, Set<string>>();
  readonly deleted = new Set<string>();
  readonly unanswered = new Map<string, Unanswered>();

  send(id: string, text: string): void {
    if (!this.sent.has(id)) this.ids.push(id);
    add(this.sent, id, text);
  }

  answer(id: string, text: string): void {
    add(this.answered, id, text);
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
