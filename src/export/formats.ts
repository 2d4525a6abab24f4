import type { ExportFormat } from '../contract/export.ts';
import { atom } from './atom.ts';
import { csv, json, ndjson } from './data.ts';
import { html } from './html.ts';
import { markdown } from './markdown.ts';
import { mbox } from './mbox.ts';
import type { Renderer } from './renderer.ts';

/**
 * A renderer for one export.
 *
 * @param revisions for NDJSON only: all revisions, or the current one of each message
 * @param now when the export is made
 */
export function rendererOf(
  format: Exclude<ExportFormat, 'zip'>,
  revisions: 'current' | 'all',
  now: Date,
): Renderer {
  switch (format) {
    case 'ndjson':
      return ndjson(revisions);
    case 'json':
      return json();
    case 'markdown':
      return markdown();
    case 'html':
      return html();
    case 'csv':
      return csv();
    case 'mbox':
      return mbox();
    case 'atom':
      return atom(now);
  }
}
