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
  /** By id and text: the hashes of the files that the revision was answered with. */
  readonly files = new Map<string, Map<string, readonly string[]>>();
  readonly unanswered = new Map<string, Unanswered>();

  send(id: string, text: string): void {
    if (!this.sent.has(id)) this.ids.push(id);
    add(this.sent, id, text);
  }

  answer(id: string, text: string, files: readonly { readonly sha256: string }[] = []): void {
    add(this.answered, id, text);
    const hashes = files.map(({ sha256 }) => sha256);
    this.files.set(id, (this.files.get(id) ?? new Map()).set(text, hashes));
  }
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(value));
}
