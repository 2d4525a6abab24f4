import type { Attachment } from '../domain/attachment.ts';
import { fail, ok, type Result } from '../domain/result.ts';
import { secretsIn } from '../domain/secrets.ts';
import type { Edit } from '../journal/revisions.ts';
import type { Attachments } from './attachments/attachments.ts';

/**
 * Checks every field that a person can fill in freely, since a key pasted into the wrong field is committed as well.
 * `looks-secret` if it finds a credential.
 *
 * @param before the files that the message already has, which need not be confirmed again
 */
export async function guardSecrets(
  { text, url, author, language, attachments = [] }: Edit,
  files: Attachments,
  before: readonly Attachment[] = [],
): Promise<Result<void>> {
  const added = attachments.filter(({ sha256 }) => !before.some((one) => one.sha256 === sha256));
  const words = [text, url, author, language, ...attachments.map(({ name }) => name)].join('\n');
  const inFiles = await files.secretsIn(added);
  if (!inFiles.ok) return inFiles;
  const seen = [...new Set([...secretsIn(words), ...inFiles.value])];
  if (seen.length === 0) return ok(undefined);
  return fail(
    'looks-secret',
    `This looks like ${seen.join(' and ')}. Nothing was saved, since what is committed stays in the history. ` +
      'Take it out, or send it again with "confirm": true.',
    { members: { seen } },
  );
}
