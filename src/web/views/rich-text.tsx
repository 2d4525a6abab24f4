import { partsOf } from '../text/parts.ts';
import { FilterLink } from './filter-link.tsx';

/** A text as it was written, with its tags and addresses to click. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {partsOf(text).map((part, index) => {
        if (part.kind === 'text') return part.text;
        // biome-ignore-start lint/suspicious/noArrayIndexKey: the parts of one text have no other identity.
        if (part.kind === 'url') return <SafeLink key={index} url={part.url} text={part.text} />;
        return (
          <FilterLink key={index} to={{ tag: part.tag }} class="tag">
            {part.text}
          </FilterLink>
        );
        // biome-ignore-end lint/suspicious/noArrayIndexKey: see above.
      })}
    </>
  );
}

/** A link that leaves the page: it tells the other side nothing about this one. */
export function SafeLink({ url, text }: { url: string; text: string }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{text}</bdi>
    </a>
  );
}
