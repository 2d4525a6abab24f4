import type { Message } from '../../../contract/message.ts';
import { copy } from '../../actions/copy.ts';
import { remove, restore } from '../../actions/messages.ts';
import { goToMessage, navigate } from '../../actions/navigate.ts';
import { isPinned, pin } from '../../actions/pins.ts';
import { dialog } from '../../state/dialog.ts';
import { draft } from '../../state/draft.ts';
import { addressOf, EVERYTHING, isEverything, isFixed, query } from '../../state/query.ts';
import { focusComposer } from '../compose/composer.tsx';
import { MoreIcon } from '../ui/icons.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

interface Props {
  readonly message: Message;
  readonly onEdit: () => void;
}

/** The actions of a message. They float over it while it has the mouse or the keyboard focus. */
export function MessageActions({ message, onEdit }: Props) {
  const { id, deletedAt } = message;
  const isThen = query.get().asOf !== '';
  const items = () => itemsFor(message);
  if (isFixed(message)) {
    return (
      <span class="actions">
        {deletedAt !== undefined && !isThen && (
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
      <button type="button" onClick={() => void pin(message, !isPinned(message))}>
        {isPinned(message) ? 'Unpin' : 'Pin'}
      </button>
      <Menu label="More actions" items={items}>
        <MoreIcon />
      </Menu>
    </span>
  );
}

/** Less common actions. The list is created when the menu opens. */
function itemsFor(message: Message): readonly MenuItem[] {
  const { id, text, url = '', createdAt } = message;
  const asked = query.get();
  const toContext = { label: 'Show in context', choose: () => goToMessage(id, 'context') };
  const toThen = {
    label: 'Timeline as it was then',
    choose: () => navigate({ ...EVERYTHING, asOf: createdAt, at: id }),
  };
  const toDelete = { label: 'Delete', keys: 'D', tone: 'bad', choose: () => void remove(id) } as const;
  return [
    ...(isEverything(asked) ? [] : [toContext]),
    { label: 'Copy link', choose: () => void copy(linkTo(id)) },
    { label: 'Copy text', choose: () => void copy(text || url) },
    { label: 'History', keys: 'H', choose: () => dialog.dispatch({ kind: 'history', id }) },
    ...(asked.asOf === '' ? [toThen] : []),
    ...(isFixed(message) ? [] : [toDelete]),
  ];
}

/** The address of a message, for another window or another person who uses this gitpost. */
const linkTo = (id: string): string => new URL(addressOf({ at: id }), location.href).href;

export function reply(id: string): void {
  draft.dispatch({ type: 'write', change: { replyTo: id } });
  focusComposer();
}
