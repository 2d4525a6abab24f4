import type { Attachment } from '../../../domain/attachment.ts';
import type { Node } from '../../reading/index.ts';
import { fileNamed } from '../../text/files.ts';

/** The files of a message that its text does not show. A text that is shown as it was written shows none. */
export function filesBeside(
  nodes: readonly Node[] | undefined,
  files: readonly Attachment[],
): readonly Attachment[] {
  if (files.length === 0 || nodes === undefined) return files;
  const shown = new Set(referencesIn(nodes).map((reference) => fileNamed(reference, files)));
  return files.filter((file) => !shown.has(file));
}

const referencesIn = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node) => {
    if (node.kind === 'file') return node.reference;
    return 'children' in node ? referencesIn(node.children) : [];
  });
