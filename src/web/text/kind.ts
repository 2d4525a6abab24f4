import { fencedCode } from './fence.ts';
import { safeUrl } from './url.ts';

/** What a text is, determined from the text alone, so nobody has to choose. */
export interface Kind {
  readonly type: 'markdown' | 'code' | 'link' | 'task';
  readonly text: string;
  readonly language?: string;
  readonly url?: string;
  readonly done?: boolean;
}

const TASK = /^\s*[-*+] \[([ xX])\] (.*\S)\s*$/;
const COMMAND = /^\/task\s+(\S.*)$/s;

/**
 * A single fenced block is code, a single `- [ ]` or text after `/task` is a task, and a lone address is a link.
 * Anything else is Markdown.
 */
export function kindOf(text: string): Kind {
  const fenced = fencedCode(text);
  if (fenced)
    return { type: 'code', text: fenced.text, ...(fenced.language && { language: fenced.language }) };
  const task = TASK.exec(text);
  if (task && !task[2]?.includes('\n')) {
    return { type: 'task', text: task[2] as string, done: task[1] !== ' ' };
  }
  const command = COMMAND.exec(text);
  if (command) return { type: 'task', text: (command[1] as string).trimEnd(), done: false };
  const url = addressIn(text);
  if (url !== undefined) return { type: 'link', text: '', url };
  return { type: 'markdown', text };
}

const LONGEST_ADDRESS = 2100;

/** The address, if a text is nothing but an address; `undefined` otherwise. */
function addressIn(text: string): string | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  const word = text.trim();
  if (/\s/.test(word)) return undefined;
  return /^https?:\/\/\S+$/i.test(word) ||
    /^www\.[^\s/.]+\.\S+$/i.test(word) ||
    /^[\w-]+(\.[\w-]+)+\/\S*$/.test(word)
    ? withScheme(word)
    : undefined;
}

/**
 * An address as a person types it, completed with the `https://` that browsers omit; `undefined` if it cannot be one.
 */
export function withScheme(written: string): string | undefined {
  const word = written.trim();
  if (word === '' || /\s/.test(word)) return undefined;
  if (/^[a-z][a-z\d+.-]*:/i.test(word) && !/^[^/:]+:\d/.test(word)) return safeUrl(word) && word;
  return /^[^/]+\.[^/]+/.test(word) ? safeUrl(`https://${word}`) && `https://${word}` : undefined;
}
