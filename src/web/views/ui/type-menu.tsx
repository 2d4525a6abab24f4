import { MESSAGE_TYPES } from '../../../domain/message.ts';
import { TYPE_WORDS } from '../../text/words.ts';
import type { FieldProps } from './fields.tsx';
import { CloseIcon, MoreIcon } from './icons.tsx';
import { Menu } from './menu.tsx';

/** The types of a message, for the rare case that the text does not show it. */
export function TypeMenu({ written, onWrite }: FieldProps) {
  const items = () =>
    MESSAGE_TYPES.filter((type) => type !== written.type).map((type) => ({
      label: TYPE_WORDS[type] ?? type,
      choose: () => onWrite({ type }),
    }));
  return (
    <Menu label="Message type" items={items} class="quiet icon-button" up start>
      <MoreIcon />
    </Menu>
  );
}

/** The chosen type, which a click removes. Nothing if the text decides. */
export function TypeChip({ written, onWrite }: FieldProps) {
  if (written.type === 'auto') return null;
  return (
    <button type="button" class="chip" onClick={() => onWrite({ type: 'auto' })}>
      {TYPE_WORDS[written.type] ?? written.type}
      <CloseIcon />
      <span class="unseen">Let the text decide</span>
    </button>
  );
}
