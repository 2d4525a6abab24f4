import type { FieldError } from './result.ts';

/** The fields of a message that depend on each other, as they were given or are meant to be. */
export interface ContentFields {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly url?: unknown;
  readonly language?: unknown;
  readonly done?: unknown;
  readonly attachments?: unknown;
}

/** What no field can tell on its own: which fields a type needs and which it has no use for. `type` is `text` if absent. */
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

/** The errors that an edit would make in what it leaves as it is. Oddities that were there before are none of it. */
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
  // Without its files, nothing is left of a message that has no text.
  const given = errors.map((error) =>
    error.field === 'text' && edit.text === undefined && edit.attachments !== undefined
      ? NOTHING_LEFT
      : error,
  );
  return given.filter(({ field }) => edit.type !== undefined || field in edit);
}
