import type { RefObject } from 'preact';
import { useId, useLayoutEffect } from 'preact/hooks';
import { MESSAGE_TYPES } from '../../domain/message.ts';
import { errorOf, type Problem } from '../api/problem.ts';
import { TYPE_WORDS } from '../text/words.ts';
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
  useLayoutEffect(() => {
    if (area.current) fitHeight(area.current);
  }, [written.text, written.type, area]);
  return (
    <>
      <textarea
        ref={area}
        class="text-field"
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
      />
      <FieldError id={error} text={wrong} />
    </>
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
        spellcheck={false}
        value={written[name]}
        aria-invalid={wrong !== undefined}
        aria-describedby={error}
        onInput={(event) => onWrite({ [name]: event.currentTarget.value })}
      />
      <FieldError id={error} text={wrong} />
    </div>
  );
}

/** Whether a key press means "done", on any platform. */
export function isSend(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing;
}

function fitHeight(area: HTMLTextAreaElement): void {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
}
