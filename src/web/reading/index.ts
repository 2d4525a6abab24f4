/** What only some messages need to be read: a chunk of its own, so that the page stands before it is there. */
export { type Change, changesBetween } from './changes.ts';
export { highlight, type Piece } from './highlight.ts';
export { type Node, parseMarkdown } from './markdown.ts';
