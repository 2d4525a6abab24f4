import type { NewMessage } from '../api/messages.ts';
import { type DraftFile, forgetBytes } from './draft-files.ts';
import { recall, recallNames, remember } from './storage.ts';
import { createStore } from './store.ts';
import { nameOfTab, openTabs } from './tab.ts';

/** Where a draft goes: the server's default, all repositories, or those listed. */
export type Targets = 'default' | 'all' | readonly string[];

/** What is being written in this tab. It stays in this browser's storage until its commit has been made. */
export interface Draft {
  /** The chosen type; `auto` if it follows from the text. */
  readonly type: string;
  readonly text: string;
  readonly language: string;
  readonly url: string;
  readonly targets: Targets;
  readonly files: readonly DraftFile[];
  /** The message that this one replies to. */
  readonly replyTo: string | null;
  /** Set at the first attempt to send, and kept for every further one, so a retry never makes a duplicate. */
  readonly id: string | null;
}

const BLANK: Draft = {
  type: 'auto',
  text: '',
  language: '',
  url: '',
  targets: 'default',
  files: [],
  replyTo: null,
  id: null,
};

export type DraftAction =
  | { readonly type: 'write'; readonly change: Partial<Draft> }
  | { readonly type: 'committed'; readonly sent: Draft };

function reduceDraft(draft: Draft, action: DraftAction): Draft {
  if (action.type === 'committed') {
    return draft.id === action.sent.id ? afterSending(draft, action.sent) : draft;
  }
  const written = { ...draft, ...action.change };
  // After everything was deleted, another message begins, so an id that was already tried must not be reused.
  return isBlank(written) ? { ...written, id: null } : written;
}

/** Whatever was written or chosen while the message was being sent is for the next one. Everything else is reset. */
function afterSending(draft: Draft, sent: Draft): Draft {
  const next = ONE_OFF.has(sent.type) ? 'auto' : sent.type;
  return {
    type: draft.type === sent.type ? next : draft.type,
    text: rest(draft.text, sent.text),
    language: draft.language === sent.language ? '' : draft.language,
    url: draft.url === sent.url ? '' : draft.url,
    targets: draft.targets,
    files: draft.files.filter(({ key }) => !sent.files.some((file) => file.key === key)),
    replyTo: draft.replyTo === sent.replyTo ? null : draft.replyTo,
    id: null,
  };
}

/** A task often follows a task, but a note after a piece of code or a link should not take over its type by mistake. */
const ONE_OFF: ReadonlySet<string> = new Set(['code', 'link']);

/** Text added while the message was being sent is the beginning of the next one. */
function rest(text: string, sent: string): string {
  if (text === sent) return '';
  return text.startsWith(sent) ? text.slice(sent.length).trimStart() : text;
}

export function isBlank(draft: Draft): boolean {
  if (draft.files.length > 0) return false;
  return draft.text.trim() === '' && (draft.type !== 'link' || draft.url.trim() === '');
}

/** Turns a message that was to be sent back into a draft. */
export const toDraft = ({ id, type, text, language, url, repositories, replyTo }: NewMessage): Draft => ({
  type: type === 'markdown' ? 'auto' : type,
  text,
  language: language ?? '',
  url: url ?? '',
  targets: repositories ?? 'default',
  files: [],
  replyTo: replyTo ?? null,
  id,
});

const DRAFT = 'draft.';

function load(tab: string): Draft {
  try {
    return { ...BLANK, ...(JSON.parse(recall(DRAFT + tab) ?? '{}') as Partial<Draft>) };
  } catch {
    return BLANK;
  }
}

function keep(draft: Draft): void {
  const json = JSON.stringify(draft);
  remember(DRAFT + nameOfTab(), json === JSON.stringify(BLANK) ? null : json);
}

export const draft = createStore<Draft, DraftAction>((state, action) => {
  const next = reduceDraft(state, action);
  if (action.type === 'committed') forgetBytes(action.sent.files.map(({ key }) => key));
  keep(next);
  return next;
}, load(nameOfTab()));

/** Takes over what a closed tab has left unsent, if nothing is being written in this one. */
export async function takeUpDraft(): Promise<void> {
  const open = await openTabs();
  for (const tab of recallNames(DRAFT)) {
    if (!isBlank(draft.get())) return;
    if (tab === nameOfTab() || open.has(tab)) continue;
    const left = load(tab);
    remember(DRAFT + tab, null);
    if (!isBlank(left)) draft.dispatch({ type: 'write', change: left });
  }
}

/** The keys of all files in drafts of this browser. */
export const keysInDrafts = (): ReadonlySet<string> =>
  new Set([draft.get(), ...recallNames(DRAFT).map(load)].flatMap(({ files }) => files.map(({ key }) => key)));

export const author = createStore<string, string>((_, next) => {
  remember('author', next || null);
  return next;
}, recall('author') ?? '');
