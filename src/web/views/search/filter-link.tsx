import type { ComponentChildren } from 'preact';
import { navigate } from '../../actions/navigate.ts';
import { addressOf, EVERYTHING, type Query } from '../../state/query.ts';

interface Props {
  readonly to: Partial<Query>;
  readonly class?: string;
  readonly title?: string;
  readonly hidden?: boolean;
  /** Whether this is the view that is shown. */
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link to a view of the timeline. It has a real address, but a plain click follows it without a reload. */
export function FilterLink({ to, current, children, ...rest }: Props) {
  const follow = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    navigate({ ...EVERYTHING, ...to });
  };
  return (
    <a
      href={addressOf(to)}
      draggable={false}
      aria-current={current ? 'page' : undefined}
      onClick={follow}
      {...rest}
    >
      {children}
    </a>
  );
}

/** Whether a click should follow a link here, not in another tab or window. */
export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
