import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useState } from 'preact/hooks';
import { LIMITS } from '../../../domain/message.ts';
import { errorOf } from '../../api/problem.ts';
import { filesIn } from '../../api/readable.ts';
import { Markdown } from '../timeline/markdown.tsx';
import type { FieldProps } from './fields.tsx';
import { FieldError } from './problem.tsx';
import { useCompletion } from './use-completion.tsx';
import { isMarkdown, writingKeys } from './use-writing-keys.ts';

interface TextProps extends FieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly area: RefObject<HTMLTextAreaElement | null>;
  /** Called with pasted files. */
  readonly onFiles?: (files: readonly File[]) => void;
}

/** The text area, which grows with its content. */
export function TextField({ written, problem, onWrite, label, placeholder, area, onFiles }: TextProps) {
  const error = useId();
  const wrong = errorOf(problem, 'text');
  const [wantsPreview, setWantsPreview] = useState(false);
  const canPreview = isMarkdown(written.type) && written.text.trim() !== '';
  const isPreview = canPreview && wantsPreview;
  // After a message was sent or restored, the field is for writing again.
  useEffect(() => {
    if (!canPreview) setWantsPreview(false);
  }, [canPreview]);
  useLayoutEffect(() => {
    if (area.current && !isPreview) fitHeight(area.current);
  }, [written.text, written.type, isPreview, area]);
  const completion = useCompletion(area);
  const keys = writingKeys(area, written.type);
  return (
    <>
      {isPreview && <Preview text={written.text} />}
      <div class="completion">{completion.view}</div>
      <textarea
        ref={area}
        class="text-field"
        hidden={isPreview}
        aria-label={label}
        placeholder={placeholder}
        rows={1}
        dir="auto"
        data-type={written.type}
        spellcheck={written.type !== 'code'}
        value={written.text}
        aria-invalid={wrong !== undefined}
        aria-describedby={error}
        {...completion.aria}
        onInput={(event) => {
          onWrite({ text: event.currentTarget.value });
          completion.onInput();
        }}
        onBlur={completion.hide}
        onKeyDown={(event) => {
          if (!completion.onKey(event) && !keys.onKey(event)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
        onPaste={(event) => {
          const text = event.clipboardData?.getData('text/plain') ?? '';
          const files = filesIn(event.clipboardData);
          // Some programs put a picture of a text on the clipboard next to the text. The text is what is meant.
          const isTaken = text === '' && files.length > 0 && onFiles !== undefined;
          if (isTaken) onFiles(files);
          if (isTaken || keys.onPaste(text)) event.preventDefault();
        }}
      />
      <FieldError id={error} text={wrong} />
      <Length text={written.text} />
      {canPreview && (isPreview || LOOKS_LIKE_MARKDOWN.test(written.text)) && (
        <button
          type="button"
          class="link preview-toggle"
          aria-pressed={isPreview}
          onClick={() => setWantsPreview(!isPreview)}
        >
          Preview
        </button>
      )}
    </>
  );
}

/** A text without any of these looks the same when it is rendered. */
const LOOKS_LIKE_MARKDOWN = /[*_`~>|[\]]|^\s*(?:#{1,6}|[-+]|\d+[.)])\s/m;

/** The length of the text, if it is close to the limit of a message. */
function Length({ text }: { text: string }) {
  // A text has at most as many characters as code units, whose number is known immediately.
  if (text.length < NEARLY * LIMITS.text) return null;
  const length = [...text].length;
  return (
    <p class={length > LIMITS.text ? 'error' : 'hint'}>
      {length.toLocaleString()} of {LIMITS.text.toLocaleString()} characters
    </p>
  );
}

const NEARLY = 0.9;

/** How the Markdown will be rendered. */
function Preview({ text }: { text: string }) {
  return (
    // A long preview scrolls, which must also work with the keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
    <section class="preview body" aria-label="Preview" dir="auto" tabIndex={0}>
      <Markdown text={text} />
    </section>
  );
}

/**
 * The element around the field keeps its height in the meantime. Otherwise, the browser would scroll the messages
 * above it.
 */
function fitHeight(area: HTMLTextAreaElement): void {
  const around = area.parentElement;
  if (around) around.style.minHeight = `${around.offsetHeight}px`;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  if (around) around.style.minHeight = '';
}
