import type { ComponentChildren } from 'preact';
import { createContext } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import type { Attachment } from '../../../domain/attachment.ts';
import { tick, tickLine } from '../../actions/messages.ts';
import { useRemembered } from '../../state/opened.ts';
import { isFixed } from '../../state/query.ts';
import { previewOf } from '../../text/preview.ts';
import { safeUrl } from '../../text/url.ts';
import { FilterLink } from '../search/filter-link.tsx';
import { CodeFigure, CodeText } from './code.tsx';
import { Files } from './files.tsx';
import { filesBeside } from './files-beside.ts';
import { MarkdownNodes, MessageInText, useNodes } from './markdown.tsx';
import { Marked } from './marked.tsx';
import { RichText, SafeLink } from './rich-text.tsx';

/** Whether long texts are shown completely, as in print. */
export const Whole = createContext(false);

/** The text of a message and its files. */
export function Contents({ message }: { message: Message }) {
  const { id, text, type, attachments } = message;
  if (type === 'markdown') return <MarkdownContents message={message} />;
  return (
    <>
      {(text !== '' || type === 'link' || type === 'task') && <Body message={message} />}
      <Files message={id} attachments={attachments} />
    </>
  );
}

/** The text of a message, rendered according to its type. An unknown type is rendered as text. */
export function Body({ message }: { message: Message }) {
  if (message.type === 'code') return <CodeBody message={message} />;
  if (message.type === 'link') return <LinkBody message={message} />;
  if (message.type === 'task') return <TaskBody message={message} />;
  if (message.type === 'markdown') return <MarkdownBody message={message} />;
  return (
    <div class="body" dir="auto">
      <Folded id={message.id} text={message.text}>
        {(text) => <RichText text={text} />}
      </Folded>
    </div>
  );
}

function CodeBody({ message }: { message: Message }) {
  const language = message.language ?? '';
  const tags = message.tags.map((tag) => (
    <FilterLink key={tag} to={{ tag }}>
      #{tag}
    </FilterLink>
  ));
  return (
    <CodeFigure text={message.text} language={language} more={tags}>
      <Folded id={message.id} text={message.text}>
        {(text) => <CodeText text={text} language={language} />}
      </Folded>
    </CodeFigure>
  );
}

function MarkdownBody({ message }: { message: Message }) {
  return <MarkdownText message={message} shown={useShownMarkdown(message)} />;
}

/** The files of a message that are in its Markdown are not shown again below it. */
function MarkdownContents({ message }: { message: Message }) {
  const shown = useShownMarkdown(message);
  const { id, text, attachments = NO_FILES } = message;
  const beside = useMemo(() => filesBeside(shown.nodes, attachments), [shown.nodes, attachments]);
  return (
    <>
      {text !== '' && <MarkdownText message={message} shown={shown} />}
      <Files message={id} attachments={beside} />
    </>
  );
}

const NO_FILES: readonly Attachment[] = [];

function useShownMarkdown({ id, text }: Message) {
  const folding = useFolding(id, text);
  return { ...folding, nodes: useNodes(folding.text) };
}

interface MarkdownTextProps {
  readonly message: Message;
  readonly shown: ReturnType<typeof useShownMarkdown>;
}

function MarkdownText({ message, shown: { text, nodes, button } }: MarkdownTextProps) {
  const onTick = (line: number, done: boolean) => void tickLine(message, line, done);
  return (
    <div class="body" dir="auto">
      <MessageInText.Provider value={message}>
        <MarkdownNodes text={text} nodes={nodes} onTick={isFixed(message) ? undefined : onTick} />
      </MessageInText.Provider>
      {button}
    </div>
  );
}

function LinkBody({ message }: { message: Message }) {
  const url = safeUrl(message.url);
  return (
    <div class="body">
      {message.text !== '' && (
        <div dir="auto">
          <Folded id={message.id} text={message.text}>
            {(text) => <RichText text={text} />}
          </Folded>
        </div>
      )}
      <p class="address">
        {url === undefined ? (
          <bdi>{message.url}</bdi>
        ) : (
          <SafeLink url={url}>
            <Marked text={message.url ?? url} />
          </SafeLink>
        )}
      </p>
    </div>
  );
}

function TaskBody({ message }: { message: Message }) {
  const [wanted, setWanted] = useState<boolean>();
  const done = wanted ?? message.done ?? false;
  const change = async () => {
    if (wanted !== undefined) return;
    setWanted(!done);
    await tick(message, !done);
    setWanted(undefined);
  };
  const id = `task-${message.id}`;
  return (
    <div class="task" data-done={done}>
      <input
        type="checkbox"
        checked={done}
        disabled={isFixed(message)}
        aria-labelledby={id}
        onChange={() => void change()}
      />
      <div class="body" dir="auto" id={id}>
        <Folded id={message.id} text={message.text}>
          {(text) => <RichText text={text} />}
        </Folded>
      </div>
    </div>
  );
}

interface FoldedProps {
  readonly id: string;
  readonly text: string;
  readonly children: (text: string) => ComponentChildren;
}

function Folded({ id, text, children }: FoldedProps) {
  const { text: shown, button } = useFolding(id, text);
  return (
    <>
      {children(shown)}
      {button}
    </>
  );
}

/** Of a very long text, only the beginning is shown at first, so one message does not fill the page. */
function useFolding(id: string, text: string): { readonly text: string; readonly button: ComponentChildren } {
  const [open, setOpen] = useRemembered(`open ${id}`, false);
  const preview = useMemo(() => previewOf(text), [text]);
  const isWhole = useContext(Whole);
  if (preview === undefined || isWhole) return { text, button: null };
  const button = (
    <button type="button" class="link fold" aria-expanded={open} onClick={() => setOpen(!open)}>
      {open ? 'Show less' : 'Show all'}
    </button>
  );
  return { text: open ? text : preview, button };
}
