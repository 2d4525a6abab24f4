import { useId } from 'preact/hooks';
import { errorOf, type Problem } from '../../api/problem.ts';
import { FieldError } from './problem.tsx';

/** The fields of a message that the composer and the editor share. */
export interface Written {
  readonly type: string;
  readonly text: string;
  readonly language: string;
  readonly url: string;
}

export interface FieldProps {
  readonly written: Written;
  readonly problem: Problem | undefined;
  readonly onWrite: (change: Partial<Written>) => void;
}

/** The additional field that some types have besides their text. */
export function TypeFields({ written, problem, onWrite }: FieldProps) {
  return (
    <>
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
  const wrong = errorOf(problem, name) && WRONG[name];
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

/** Field errors for a person. The server's own describe the API. */
const WRONG = {
  url: 'This is not an address that can be linked to. It begins with http:// or https://.',
  language: 'The name of a language has at most 50 letters, digits and signs, and no spaces.',
} as const;

/** The most common ones. Any other can be typed. */
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

/** Whether a key press sends, for people who have set Enter to send. */
export function isEnterAlone(event: KeyboardEvent): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing;
}
