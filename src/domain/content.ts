import type { FieldError } from './result.ts';

/** The fields of a message that depend on each other, as they were given or are meant to be. */
export interface ContentFields {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly url?: unknown;
  readonly language?: unknown;
  readonly done?: unknown;
}

/** What no field can tell by itself: which fields a type needs and which it has no use for. `type` is `text` where absent. */
export function contentErrors({ type = 'text', text, url, language, done }: ContentFields): FieldError[] {
  const errors: FieldError[] = [];
  const error = (field: string, detail: string) => errors.push({ field, detail });
  if (typeof text === 'string' && !/\S/u.test(text) && !(type === 'link' && text === '')) {
    error('text', 'text must not be empty or only white space');
  }
  if (type === 'link' && url === undefined) error('url', 'url must be given for a link');
  if (type !== 'link' && url !== undefined) error('url', 'url is only for a link');
  if (type !== 'code' && language !== undefined) error('language', 'language is only for code');
  if (type !== 'task' && done !== undefined) error('done', 'done is only for a task');
  return errors;
}

/** The errors that an edit would make in what it leaves as it is. Oddities that were there before are none of it. */
export function editErrors(edit: ContentFields, current: ContentFields): FieldError[] {
  const type = edit.type ?? current.type;
  const errors = contentErrors({
    ...edit,
    type,
    text: edit.text ?? current.text,
    url: edit.url ?? (type === 'link' ? current.url : undefined),
  });
  return errors.filter(({ field }) => edit.type !== undefined || field in edit);
}
