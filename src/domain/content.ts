import type { FieldError } from './result.ts';

/** The fields of a message that depend on each other, as given or as they would be. */
export interface ContentFields {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly url?: unknown;
  readonly language?: unknown;
  readonly done?: unknown;
  readonly attachments?: unknown;
}

/**
 * Errors that concern several fields together: which fields a type requires, and which it does not allow. `type` is
 * `text` if absent.
 */
export function contentErrors(fields: ContentFields): FieldError[] {
  const { type = 'text', text, url, language, done, attachments } = fields;
  const hasFiles = Array.isArray(attachments) && attachments.length > 0;
  const errors: FieldError[] = [];
  const error = (field: string, detail: string) => errors.push({ field, detail });
  if (typeof text === 'string' && !/\S/u.test(text) && !((type === 'link' || hasFiles) && text === '')) {
    error('text', 'text must not be empty or only white space');
  }
  if (type === 'link' && url === undefined) error('url', 'url must be given for a link');
  if (type !== 'link' && url !== undefined) error('url', 'url is only for a link');
  if (type !== 'code' && language !== undefined) error('language', 'language is only for code');
  if (type !== 'task' && done !== undefined) error('done', 'done is only for a task');
  return errors;
}

const NOTHING_LEFT: FieldError = {
  field: 'attachments',
  detail: 'attachments must not be empty while text is',
};

/** The errors that an edit would cause in the fields it does not change. Errors that were there before don't count. */
export function editErrors(edit: ContentFields, current: ContentFields): FieldError[] {
  const type = edit.type ?? current.type;
  const attachments = edit.attachments ?? current.attachments;
  const errors = contentErrors({
    ...edit,
    attachments,
    type,
    text: edit.text ?? current.text,
    url: edit.url ?? (type === 'link' ? current.url : undefined),
  });
  // A message without text would be empty without its files.
  const given = errors.map((error) =>
    error.field === 'text' && edit.text === undefined && edit.attachments !== undefined
      ? NOTHING_LEFT
      : error,
  );
  return given.filter(({ field }) => edit.type !== undefined || field in edit);
}
