import type { Message } from '../../../contract/message.ts';
import { copy } from '../../actions/copy.ts';
import { remove, restore } from '../../actions/messages.ts';
import { goToMessage, navigate } from '../../actions/navigate.ts';
import { isPinned, pin } from '../../actions/pins.ts';
import { abilities } from '../../state/abilities.ts';
import { dialog } from '../../state/dialog.ts';
import { draft } from '../../state/draft.ts';
import { addressOf, EVERYTHING, isEverything, query } from '../../state/query.ts';
import { useStore } from '../../state/store.ts';
import { focusComposer } from '../compose/composer.tsx';
import { MoreIcon } from '../ui/icons.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

interface Props {
  readonly message: Message;
  readonly onEdit: () => void;
}

/** What can be done with a message. They float over it while a mouse or the keyboard is there. */
export function MessageActions({ message, onEdit }: Props) {
  const isAmongOthers = useStore(query, isEverything);
  const can = useStore(abilities, (state) => state);
  const asOf = useStore(query, (state) => state.asOf);
  const { id, createdAt, deletedAt } = message;
  const isFixed = asOf !== '' || deletedAt !== undefined;
  const items: MenuItem[] = [
    ...(isAmongOthers ? [] : [{ label: 'Show in context', choose: () => goToMessage(id, 'context') }]),
    { label: 'Copy link', choose: () => void copy(linkTo(id)) },
    { label: 'Copy text', choose: () => void copy(message.text || (message.url ?? '')) },
    { label: 'History', keys: 'H', choose: () => dialog.dispatch({ kind: 'history', id }) },
    ...(can.asOf && asOf === ''
      ? [
          {
            label: 'Timeline as it was then',
            choose: () => navigate({ ...EVERYTHING, asOf: createdAt, at: id }),
          },
        ]
      : []),
    ...(isFixed ? [] : [{ label: 'Delete', keys: 'D', tone: 'bad' as const, choose: () => void remove(id) }]),
  ];
  if (isFixed) {
    return (
      <span class="actions">
        {deletedAt !== undefined && asOf === '' && (
          <button type="button" onClick={() => void restore(id)}>
            Restore
          </button>
        )}
        <Menu label="More actions" items={items}>
          <MoreIcon />
        </Menu>
      </span>
    );
  }
  return (
    <span class="actions">
      <button type="button" data-action="reply" onClick={() => reply(id)}>
        Reply
      </button>
      <button type="button" data-action="edit" onClick={onEdit}>
        Edit
      </button>
      {can.pins && (
        <button type="button" onClick={() => void pin(message, !isPinned(message))}>
          {isPinned(message) ? 'Unpin' : 'Pin'}
        </button>
      )}
      <Menu label="More actions" items={items}>
        <MoreIcon />
      </Menu>
    </span>
  );
}

/** The address of a message, for another window or another person who uses this gitpost. */
const linkTo = (id: string): string => new URL(addressOf({ at: id }), location.href).href;

export function reply(id: string): void {
  draft.dispatch({ type: 'write', change: { replyTo: id } });
  focusComposer();
}
