import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useState } from 'preact/hooks';
import { LIMITS } from '../../../domain/message.ts';
import { errorOf } from '../../api/problem.ts';
import { say } from '../../state/notices.ts';
import { fencedCode } from '../../text/fence.ts';
import { Markdown } from '../timeline/markdown.tsx';
import type { FieldProps } from './fields.tsx';
import { FieldError } from './problem.tsx';

interface TextProps extends FieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly area: RefObject<HTMLTextAreaElement | null>;
}

/** The text itself, as high as what is in it. */
export function TextField({ written, problem, onWrite, label, placeholder, area }: TextProps) {
  const error = useId();
  const wrong = errorOf(problem, 'text');
  const [wantsPreview, setWantsPreview] = useState(false);
  const canPreview = written.type === 'markdown' && written.text.trim() !== '';
  const isPreview = canPreview && wantsPreview;
  // What is sent or taken back is followed by something to be written.
  useEffect(() => {
    if (!canPreview) setWantsPreview(false);
  }, [canPreview]);
  useLayoutEffect(() => {
    if (area.current && !isPreview) fitHeight(area.current);
  }, [written.text, written.type, isPreview, area]);
  const paste = (event: ClipboardEvent) => {
    const code = fencedCode(event.clipboardData?.getData('text/plain') ?? '');
    if (code === undefined || written.type === 'markdown' || written.text.trim() !== '') return;
    event.preventDefault();
    onWrite({ type: 'code', ...code });
    say('Pasted as code');
  };
  return (
    <>
      {isPreview && <Preview text={written.text} />}
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
        onInput={(event) => onWrite({ text: event.currentTarget.value })}
        onPaste={paste}
      />
      <FieldError id={error} text={wrong} />
      <Length text={written.text} />
      {canPreview && (
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

/** How much there is, where it comes near to what a message may hold. */
function Length({ text }: { text: string }) {
  // A text has no more characters than code units, which are told at once.
  if (text.length < NEARLY * LIMITS.text) return null;
  const length = [...text].length;
  return (
    <p class={length > LIMITS.text ? 'error' : 'hint'}>
      {length.toLocaleString()} of {LIMITS.text.toLocaleString()} characters
    </p>
  );
}

const NEARLY = 0.9;

/** How Markdown will be read. */
function Preview({ text }: { text: string }) {
  return (
    // A long one scrolls, which the keyboard must be able to do too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to take the focus.
    <section class="preview body" aria-label="Preview" dir="auto" tabIndex={0}>
      <Markdown text={text} />
    </section>
  );
}

/** What is around the field stays as high as it is meanwhile: else the browser would scroll the messages above it. */
function fitHeight(area: HTMLTextAreaElement): void {
  const around = area.parentElement;
  if (around) around.style.minHeight = `${around.offsetHeight}px`;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  if (around) around.style.minHeight = '';
}
