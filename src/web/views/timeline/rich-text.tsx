import type { ComponentChildren } from 'preact';
import { partsOf } from '../../text/parts.ts';
import { FilterLink } from '../search/filter-link.tsx';
import { Marked } from './marked.tsx';

/** A text as it was written, with clickable tags and addresses. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {partsOf(text).map((part, index) => {
        // biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of one text have no other identity.
        const words = <Marked key={index} text={part.text} />;
        if (part.kind === 'text') return words;
        if (part.kind === 'url') {
          return (
            <SafeLink key={index} url={part.url}>
              {words}
            </SafeLink>
          );
        }
        return (
          <FilterLink key={index} to={{ tag: part.tag }} class="tag">
            {words}
          </FilterLink>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: see above.
      })}
    </>
  );
}

/** A link that leaves the page. It reveals nothing about this page to the other side. */
export function SafeLink({ url, children }: { url: string; children: ComponentChildren }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{children}</bdi>
    </a>
  );
}
