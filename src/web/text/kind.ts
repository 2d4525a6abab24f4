import { fencedCode } from './fence.ts';
import { safeUrl } from './url.ts';

/** What a text is, found from the text alone, so that nobody has to choose. */
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
 * One fenced block is code, one `- [ ]` or what follows `/task` is a task, and an address alone is a link. Anything
 * else is Markdown.
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

/** An address that is all there is in a text; nothing if there is more, or less. */
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

/** An address as a person writes it, with the `https://` that browsers leave out; nothing if it can be none. */
export function withScheme(written: string): string | undefined {
  const word = written.trim();
  if (word === '' || /\s/.test(word)) return undefined;
  if (/^[a-z][a-z\d+.-]*:/i.test(word) && !/^[^/:]+:\d/.test(word)) return safeUrl(word) && word;
  return /^[^/]+\.[^/]+/.test(word) ? safeUrl(`https://${word}`) && `https://${word}` : undefined;
}
