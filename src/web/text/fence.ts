export interface Fenced {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^\s*(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n`]*\n([\s\S]*?)\n[ \t]*\1[`~]*\s*$/;

/** The code of a text that is one fenced block and nothing else, as chats and Markdown have them. */
export function fencedCode(text: string): Fenced | undefined {
  const [, fence = '', language = '', code = ''] = FENCE.exec(text.replaceAll('\r\n', '\n')) ?? [];
  const isOne = fence !== '' && !code.split('\n').some((line) => line.trimStart().startsWith(fence));
  return isOne && code.trim() !== '' ? { language, text: code } : undefined;
}
