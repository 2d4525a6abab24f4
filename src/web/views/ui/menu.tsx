import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface MenuItem {
  readonly label: string;
  readonly choose: () => void;
  /** The key that does the same, shown next to it. */
  readonly keys?: string;
  readonly tone?: 'bad';
}

interface Props {
  /** The button's label for screen readers. */
  readonly label: string;
  /** Called when the menu opens. */
  readonly items: () => readonly MenuItem[];
  /** The visible content of the button. */
  readonly children: ComponentChildren;
  readonly class?: string;
  /** Opens above its button, or toward the end of the line, regardless of the available space. */
  readonly up?: boolean;
  readonly start?: boolean;
}

/** A button that opens a short list of actions. Arrow keys choose, Escape closes it and returns the focus. */
export function Menu({ label, items, children, up, start, ...rest }: Props) {
  const [open, setOpen] = useState(false);
  const [isUp, setUp] = useState(up ?? false);
  const around = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (!open) return;
    const list = around.current?.querySelector<HTMLElement>('.menu-items');
    const edge = around.current?.closest('.timeline')?.getBoundingClientRect().bottom ?? innerHeight;
    if (up === undefined)
      setUp((button.current?.getBoundingClientRect().bottom ?? 0) + (list?.offsetHeight ?? 0) > edge);
    list?.querySelector('button')?.focus({ preventScroll: true });
  }, [open, up]);

  const close = () => {
    setOpen(false);
    button.current?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const step = STEPS[event.key];
    if (event.key === 'Escape') close();
    else if (step !== undefined) move(event.currentTarget as HTMLElement, step);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only listens to what its buttons do.
    <span
      class="menu"
      ref={around}
      onKeyDown={onKeyDown}
      onFocusOut={(event) => !around.current?.contains(event.relatedTarget as Node | null) && setOpen(false)}
    >
      <button
        type="button"
        ref={button}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => (open ? close() : setOpen(true))}
        {...rest}
      >
        {children}
        <span class="unseen">{label}</span>
      </button>
      {open && (
        <span class="menu-items" role="menu" aria-label={label} data-up={isUp} data-start={start}>
          {items().map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-tone={item.tone}
              onClick={() => {
                close();
                item.choose();
              }}
            >
              {item.label}
              {item.keys && <kbd>{item.keys}</kbd>}
            </button>
          ))}
        </span>
      )}
    </span>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

function move(menu: HTMLElement, step: number): void {
  const all = [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + step + all.length) % all.length]?.focus();
}
