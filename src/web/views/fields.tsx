import type { RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useState } from 'preact/hooks';
import { LIMITS, MESSAGE_TYPES } from '../../domain/message.ts';
import { errorOf, type Problem } from '../api/problem.ts';
import { say } from '../state/notices.ts';
import { fencedCode } from '../text/fence.ts';
import { TYPE_WORDS } from '../text/words.ts';
import { Markdown } from './markdown.tsx';
import { FieldError } from './problem.tsx';

/** The fields of a message that the composer and the editor share. */
export interface Written {
  readonly type: string;
  readonly text: string;
  readonly language: string;
  readonly url: string;
}

interface FieldProps {
  readonly written: Written;
  readonly problem: Problem | undefined;
  readonly onWrite: (change: Partial<Written>) => void;
}

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

/** The type, and the one field that some types have beside their text. */
export function TypeFields({ written, problem, onWrite }: FieldProps) {
  return (
    <>
      <label>
        <span class="unseen">Type</span>
        <select value={written.type} onChange={(event) => onWrite({ type: event.currentTarget.value })}>
          {MESSAGE_TYPES.map((type) => (
            <option key={type} value={type}>
              {TYPE_WORDS[type]}
            </option>
          ))}
        </select>
      </label>
      {written.type === 'code' && (
        <LineField name="language" label="Language" {...{ written, problem, onWrite }} />
      )}
      {written.type === 'link' && <LineField name="url" label="Address" {...{ written, problem, onWrite }} />}
    </>
  );
}

function LineField({
  name,
  label,
  written,
  problem,
  onWrite,
}: FieldProps & { name: 'language' | 'url'; label: string }) {
  const error = useId();
  const wrong = errorOf(problem, name);
  return (
    <div class="line-field" data-field={name}>
      <input
        type="text"
        inputMode={name === 'url' ? 'url' : 'text'}
        aria-label={label}
        placeholder={name === 'url' ? 'https://…' : label}
        autocomplete="off"
        autocapitalize="off"
        {...(name === 'language' && { list: `${error}-languages` })}
        spellcheck={false}
        value={written[name]}
        aria-invalid={wrong !== undefined}
        aria-describedby={error}
        onInput={(event) => onWrite({ [name]: event.currentTarget.value })}
      />
      {name === 'language' && (
        <datalist id={`${error}-languages`}>
          {LANGUAGES.map((language) => (
            <option key={language} value={language} />
          ))}
        </datalist>
      )}
      <FieldError id={error} text={wrong} />
    </div>
  );
}

/** Those that are written most; any other can be typed. */
const LANGUAGES = [
  'bash',
  'c',
  'cpp',
  'css',
  'diff',
  'go',
  'html',
  'java',
  'javascript',
  'json',
  'kotlin',
  'php',
  'python',
  'ruby',
  'rust',
  'sql',
  'swift',
  'typescript',
  'yaml',
] as const;

/** Whether a key press means "done", on any platform. */
export function isSend(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing;
}

/** What is around the field stays as high as it is meanwhile: else the browser would scroll the messages above it. */
function fitHeight(area: HTMLTextAreaElement): void {
  const around = area.parentElement;
  if (around) around.style.minHeight = `${around.offsetHeight}px`;
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  if (around) around.style.minHeight = '';
}
