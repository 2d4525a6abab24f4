import type { ComponentChildren } from 'preact';

/** Icons stand beside words, never for them, so that they are hidden from a screen reader. */
function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const CommittedIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="4" />
  </Icon>
);

export const PushedIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 11V5.5M5.5 7.5 8 5l2.5 2.5" />
  </Icon>
);

export const OutdatedIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" stroke-dasharray="2.4 2.3" />
  </Icon>
);

export const WaitingIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.5V8l2.5 1.5" />
  </Icon>
);

export const WarningIcon = () => (
  <Icon>
    <path d="M8 2.5 14 13H2Z M8 6.5v3M8 11.3v.1" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="7" cy="7" r="4.5" />
    <path d="m10.5 10.5 3.5 3.5" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="m4 4 8 8m0-8-8 8" />
  </Icon>
);

export const DownIcon = () => (
  <Icon>
    <path d="M8 3v10M4 9l4 4 4-4" />
  </Icon>
);

export const CopyIcon = () => (
  <Icon>
    <path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8Z" />
  </Icon>
);

export const DoneIcon = () => (
  <Icon>
    <path d="m3 8.5 3.5 3.5L13 4.5" />
  </Icon>
);

export const ReplyIcon = () => (
  <Icon>
    <path d="M6.5 4 3 7.5 6.5 11M3.5 7.5h6a3.5 3.5 0 0 1 3.5 3.5v1.5" />
  </Icon>
);

export const LogoIcon = () => (
  <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <rect width="32" height="32" rx="8" />
    <path d="M11 5v5m0 12v5M20 12h6m-6 4h6m-6 4h3" />
    <circle cx="11" cy="16" r="5" />
  </svg>
);
