export interface Fenced {
  readonly language: string;
  readonly text: string;
}

/**
 * The code of a text that is nothing but one fenced block, as in chats and Markdown. It is read line by line: a
 * single pattern would try a long first line from each of its characters.
 */
export function fencedCode(text: string): Fenced | undefined {
  const [first = '', ...lines] = text.replaceAll('\r\n', '\n').trim().split('\n');
  const last = lines.pop()?.trim() ?? '';
  const [fence] = /^(?:`{3,}|~{3,})/.exec(first) ?? [];
  if (fence === undefined || !isFence(last, fence)) return undefined;
  const information = first.slice(fence.length).trim();
  if (information.includes('`') || lines.some((line) => line.trimStart().startsWith(fence))) return undefined;
  const code = lines.join('\n');
  const [language = ''] = information.split(/\s/, 1);
  return code.trim() === '' ? undefined : { language, text: code };
}

/** Whether a line closes a block. Its fence may be longer than the opening one. */
const isFence = (line: string, fence: string): boolean => line.startsWith(fence) && /^[`~]*$/.test(line);
