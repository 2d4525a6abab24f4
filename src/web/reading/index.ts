/** What only some messages need: a separate chunk, so the page appears without waiting for it. */
export { type Change, changesBetween } from './changes.ts';
export { highlight, type Piece } from './highlight.ts';
export { type Node, parseMarkdown } from './markdown.ts';
