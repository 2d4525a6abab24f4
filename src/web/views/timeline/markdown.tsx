import { type ComponentChildren, createContext } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import type { Attachment } from '../../../domain/attachment.ts';
import type { Node } from '../../reading/index.ts';
import { useReading } from '../../state/reading.ts';
import { fileNamed } from '../../text/files.ts';
import { CodeFigure, CodeText } from './code.tsx';
import { File } from './files.tsx';
import { Marked } from './marked.tsx';
import { RichText, SafeLink } from './rich-text.tsx';

interface Props {
  readonly text: string;
  readonly nodes: readonly Node[] | undefined;
  /** Ticks the box in a line of the text. Without it, the boxes are read-only. */
  readonly onTick?: ((line: number, done: boolean) => void) | undefined;
}

/** A Markdown text as a tree; `undefined` until the parser is loaded, or if it cannot be. */
export function useNodes(text: string): readonly Node[] | undefined {
  const reading = useReading();
  return useMemo(() => reading?.parseMarkdown(text), [reading, text]);
}

export function Markdown({ text }: { text: string }) {
  return <MarkdownNodes text={text} nodes={useNodes(text)} />;
}

/** A Markdown text. Without its tree, it is shown as it was written. */
export function MarkdownNodes({ text, nodes, onTick }: Props) {
  if (nodes === undefined) return <RichText text={text} />;
  return <div class="markdown">{childrenOf(nodes, onTick)}</div>;
}

function childrenOf(nodes: readonly Node[], onTick: Props['onTick']): ComponentChildren {
  return nodes.map((node, index) => <One key={index} node={node} onTick={onTick} />);
}

function One({ node, onTick }: { node: Node; onTick: Props['onTick'] }) {
  switch (node.kind) {
    case 'text':
      return <RichText text={node.text} />;
    case 'file':
      return <FileWithin {...node} />;
    case 'link':
      return <SafeLink url={node.url}>{childrenOf(node.children, onTick)}</SafeLink>;
    case 'block':
      return (
        <CodeFigure text={node.text} language={node.language}>
          <CodeText text={node.text} language={node.language} />
        </CodeFigure>
      );
    case 'box':
      return <Box {...node} onTick={onTick} />;
    case 'element':
      return <Element node={node} onTick={onTick} />;
  }
}

interface MessageWithFiles {
  readonly id: string;
  readonly attachments?: readonly Attachment[] | undefined;
}

/** The message that is being rendered, for the files in its text. */
export const MessageInText = createContext<MessageWithFiles>({ id: '' });

function FileWithin({ reference, words }: Extract<Node, { kind: 'file' }>) {
  const { id, attachments: files = [] } = useContext(MessageInText);
  const file = fileNamed(reference, files);
  if (!file) return <span>{words || reference}</span>;
  return <File message={id} file={file} among={files} {...(words && { words })} />;
}

function Element({ node, onTick }: { node: Extract<Node, { kind: 'element' }>; onTick: Props['onTick'] }) {
  const { tag: Tag, align, start, children } = node;
  if (Tag === 'br' || Tag === 'hr') return <Tag />;
  if (Tag === 'code') return <code dir="ltr">{children.map(codeWords)}</code>;
  const element = (
    <Tag
      {...(BLOCKS.has(Tag) && { dir: 'auto' })}
      {...(align && { 'data-align': align })}
      {...(start && { start })}
    >
      {childrenOf(children, onTick)}
    </Tag>
  );
  if (Tag !== 'table') return element;
  return (
    // A wide table scrolls separately, which must also work with the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
    <div class="wide" tabIndex={0}>
      {element}
    </div>
  );
}

/** In code, a `#` is not a tag, and an address is not a link. */
function codeWords(node: Node) {
  return node.kind === 'text' ? <Marked text={node.text} /> : null;
}

const BLOCKS: ReadonlySet<string> = new Set(['p', 'h3', 'h4', 'h5', 'h6', 'li', 'blockquote', 'td', 'th']);

function Box({ done, line, onTick }: { done: boolean; line: number; onTick: Props['onTick'] }) {
  return (
    <input
      type="checkbox"
      class="box"
      aria-label={done ? 'Done' : 'To do'}
      checked={done}
      disabled={onTick === undefined}
      onChange={() => onTick?.(line, !done)}
    />
  );
}
