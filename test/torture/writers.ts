import { randomUUID } from 'node:crypto';
import { type Answer, type Api, linesOfJson, type Message, ndjson, type SyncResult } from '../support/api.ts';
import { sendFile } from '../support/files.ts';
import type { Random } from '../support/random.ts';
import { SAMPLE_FILES, sampleFile } from '../support/sample-files.ts';
import { add, type TortureCount } from './count.ts';

/** How a request names a file that was uploaded before; without a name it keeps the one of its upload. */
export interface FileReference {
  readonly sha256: string;
  readonly name?: string;
}

/** A revision that was promised, or only asked for. */
export interface Asked {
  readonly id: string;
  readonly text: string;
  /** The files that it was given; `undefined` if none were mentioned. */
  readonly attachments: readonly FileReference[] | undefined;
  readonly isDelete: boolean;
  /** The commits that the answer named, by repository; `undefined` if there was no answer. */
  readonly commits: ReadonlyMap<string, string> | undefined;
}

type Draft = Pick<Asked, 'id' | 'text'> & {
  readonly attachments?: readonly FileReference[];
  readonly repositories: 'all' | readonly string[];
};

/** People and programs that write, and upload files first for about a third of what they write. */
export class Writers {
  readonly #names: readonly [string, string];
  readonly #random: Random;
  readonly #count: TortureCount;
  readonly #ids: string[] = [];
  readonly #pending = new Map<string, number>();
  #asked: Asked[] = [];
  #lines = 0;
  #onPromise: () => void = () => undefined;

  constructor(names: readonly [string, string], random: Random, count: TortureCount) {
    this.#names = names;
    this.#random = random;
    this.#count = count;
  }

  /** What was asked for since this was last called. */
  taken(): Asked[] {
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }

  /** The kinds of requests that have no answer yet. */
  get underWay(): Iterable<string> {
    return this.#pending.keys();
  }

  /** Resolves with the next answer that promises a message. */
  nextPromise(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPromise = resolve;
    });
  }

  async write(api: Api, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const turn = this.#random.next();
      const id = this.#ids[Math.floor(this.#random.next() * this.#ids.length)];
      if (id === undefined || turn < 0.55) await this.#post(api);
      else if (turn < 0.75) await this.#edit(api, id);
      else if (turn < 0.9) await this.#delete(api, id);
      else await this.#bulk(api);
    }
  }

  async sync(api: Api, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const verb = this.#random.next() < 0.7 ? 'push' : 'pull';
      const answer = await this.ask(verb, () => api.send('POST', `/${verb}`, { json: {} }));
      if (answer === undefined) return;
      if (answer.status !== 200 && answer.status !== 502) continue;
      for (const { status } of answer.json<{ results: SyncResult[] }>().results) {
        add(this.#count.syncs, status);
      }
    }
  }

  async ask(what: string, request: () => Promise<Answer>): Promise<Answer | undefined> {
    this.#pending.set(what, (this.#pending.get(what) ?? 0) + 1);
    try {
      const answer = await request();
      if (answer.status >= 400) add(this.#count.refused, `${what} ${answer.status}`);
      return answer;
    } catch {
      this.#count.unanswered += 1;
      return undefined;
    } finally {
      const left = (this.#pending.get(what) ?? 1) - 1;
      if (left === 0) this.#pending.delete(what);
      else this.#pending.set(what, left);
    }
  }

  /** Uploads one to three files and answers how a message may name them; sometimes one whose upload was not answered. */
  async #upload(api: Api): Promise<readonly FileReference[]> {
    const chosen = new Map<string, FileReference>();
    for (let wanted = this.#random.between(1, 3); wanted > 0; wanted -= 1) {
      const { sha256, bytes, name } = sampleFile(this.#random.between(0, SAMPLE_FILES - 1));
      const answer = await this.ask('upload', () => sendFile(api, bytes, name));
      const isKept = answer?.status === 200 || answer?.status === 201;
      if (isKept) add(this.#count.promised, 'upload');
      if (!isKept && this.#random.next() < 0.9) continue;
      chosen.set(sha256, this.#random.next() < 0.5 ? { sha256 } : { sha256, name: `${this.#lines} ${name}` });
    }
    return [...chosen.values()];
  }

  /** The files that somebody is about to name: none, mostly. */
  #perhapsUpload = async (api: Api): Promise<readonly FileReference[]> =>
    this.#random.next() < 0.3 ? this.#upload(api) : [];

  #draft(files: readonly FileReference[]): Draft {
    this.#lines += 1;
    const text = `Line ${this.#lines} ${'x'.repeat(this.#random.next() * 300)}`;
    const repositories = this.#random.next() < 0.3 ? 'all' : [this.#random.oneOf(this.#names)];
    return { id: randomUUID(), text, repositories, ...(files.length > 0 && { attachments: files }) };
  }

  async #post(api: Api): Promise<void> {
    const draft = this.#draft(await this.#perhapsUpload(api));
    const answer = await this.ask('POST', () => api.post(draft));
    this.#note(draft, answer?.status === 201 ? answer.json<Message>() : undefined);
  }

  async #bulk(api: Api): Promise<void> {
    const files = await this.#perhapsUpload(api);
    const drafts = Array.from({ length: this.#random.between(5, 64) }, () =>
      this.#draft(this.#random.next() < 0.3 ? files : []),
    );
    const raw = drafts.map((draft) => JSON.stringify(draft)).join('\n');
    const answer = await this.ask('bulk', () => api.send('POST', '/messages', { raw, headers: ndjson }));
    const results =
      answer?.status === 200 ? linesOfJson<{ status: number; message?: Message }>(answer.text) : [];
    for (const [index, draft] of drafts.entries()) {
      this.#note(draft, results[index]?.status === 201 ? results[index].message : undefined);
    }
  }

  /** An edit gives other words; now and then it takes all files away, or gives others or the same by other names. */
  async #edit(api: Api, id: string): Promise<void> {
    this.#lines += 1;
    const text = `Edit ${this.#lines}`;
    const turn = this.#random.next();
    const attachments = turn < 0.5 ? undefined : turn < 0.65 ? [] : await this.#upload(api);
    const edit = { text, ...(attachments && { attachments }) };
    const answer = await this.ask('PATCH', () => api.patch(id, edit));
    this.#note({ id, ...edit }, answer?.status === 200 ? answer.json<Message>() : undefined);
  }

  async #delete(api: Api, id: string): Promise<void> {
    const answer = await this.ask('DELETE', () => api.delete(id));
    const isDone = answer?.status === 204;
    const commits = isDone ? new Map<string, string>() : undefined;
    this.#asked.push({ id, text: '', attachments: undefined, isDelete: true, commits });
    if (isDone) add(this.#count.promised, 'DELETE');
  }

  /** @param message what the answer promises; nothing if it promises nothing */
  #note(
    { id, text, attachments }: Pick<Draft, 'id' | 'text' | 'attachments'>,
    message: Message | undefined,
  ): void {
    const delivered = message?.deliveries.flatMap(({ repository, commit, state }) =>
      commit === null || state === 'outdated' ? [] : [[repository, commit] as const],
    );
    this.#asked.push({ id, text, attachments, isDelete: false, commits: delivered && new Map(delivered) });
    if (message === undefined) return;
    this.#onPromise();
    if (message.revision === 1) this.#ids.push(message.id);
    add(this.#count.promised, message.revision === 1 ? 'POST' : 'PATCH');
    if (attachments !== undefined && attachments.length > 0) add(this.#count.promised, 'with files');
  }
}
