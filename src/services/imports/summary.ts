import type { ImportResult } from '../../contract/import.ts';
import { tagFor } from '../../import/identity.ts';
import type { Conversation, Skipped } from '../../import/message.ts';

const MOST_EXAMPLES = 5;
/** How many conversations or authors are counted individually. The rest are counted together. */
const MOST_NAMED = 2000;
const REST = '…';

interface Counted {
  readonly conversation: Conversation;
  messages: number;
}

/** The running totals of what an import would do, or has done. */
export class Summary {
  readonly #conversations = new Map<string, Counted>();
  readonly #authors = new Map<string, number>();
  readonly #skipped = new Map<string, { count: number; examples: string[] }>();
  readonly #outcomes = { created: 0, updated: 0, present: 0 };
  #from: string | undefined;
  #to: string | undefined;
  #messages = 0;
  #files = 0;

  get messages(): number {
    return this.#messages;
  }

  /** The newest time of a message, if there is one. */
  get to(): string | undefined {
    return this.#to;
  }

  message(conversation: Conversation, author: string, createdAt: string): void {
    this.#messages += 1;
    const known = this.#conversations.get(conversation.id);
    if (known) known.messages += 1;
    else if (this.#conversations.size < MOST_NAMED)
      this.#conversations.set(conversation.id, { conversation, messages: 1 });
    const name = this.#authors.has(author) || this.#authors.size < MOST_NAMED ? author : REST;
    this.#authors.set(name, (this.#authors.get(name) ?? 0) + 1);
    if (this.#from === undefined || createdAt < this.#from) this.#from = createdAt;
    if (this.#to === undefined || createdAt > this.#to) this.#to = createdAt;
  }

  /** Counts the files of a message, and those that were left out. */
  files(count: number, notes: readonly Skipped[]): void {
    this.#files += count;
    for (const note of notes) this.skip(note);
  }

  outcome(outcome: 'created' | 'updated' | 'present'): void {
    this.#outcomes[outcome] += 1;
  }

  skip({ skipped, example }: Skipped): void {
    const known = this.#skipped.get(skipped) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < MOST_EXAMPLES && !known.examples.includes(example))
      known.examples.push(example);
    this.#skipped.set(skipped, known);
  }

  result(format: string): ImportResult {
    return {
      format,
      conversations: [...this.#conversations.values()].map(({ conversation: { id, name }, messages }) => {
        const tag = tagFor(name);
        return { id, name, ...(tag === undefined ? {} : { tag }), messages };
      }),
      authors: [...this.#authors]
        .map(([author, messages]) => ({ author, messages }))
        .sort((a, b) => b.messages - a.messages),
      from: this.#from ?? null,
      to: this.#to ?? null,
      ...this.#outcomes,
      skipped: [...this.#skipped].map(([reason, { count, examples }]) => ({ reason, count, examples })),
      attachments: this.#files,
    };
  }
}
