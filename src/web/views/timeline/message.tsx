import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { remove } from '../../actions/messages.ts';
import { dialog } from '../../state/dialog.ts';
import { draft } from '../../state/draft.ts';
import { useKept, useRemembered } from '../../state/opened.ts';
import { clock, exact } from '../../text/time.ts';
import { TYPE_WORDS } from '../../text/words.ts';
import { focusComposer } from '../compose/composer.tsx';
import { Editor } from '../compose/editor.tsx';
import { FilterLink } from '../search/filter-link.tsx';
import { WarningIcon } from '../ui/icons.tsx';
import { hasKeyboard } from '../ui/keyboard.ts';
import { Body } from './body.tsx';
import { Deliveries, DeliveryDetail } from './deliveries.tsx';
import { memo } from './memo.tsx';
import { Quote } from './quote.tsx';
import { Removed } from './removed.tsx';

interface Props {
  readonly message: Message;
  /** Whether it is the first one of its day. */
  readonly isFirst: boolean;
  readonly goesOn: boolean;
  readonly removed: boolean;
  /** Whether the reader was led to it. */
  readonly isWanted: boolean;
}

export const MessageRow = memo(({ message, isFirst, goesOn, removed, isWanted }: Props) => {
  const author = `author-${message.id}`;
  const time = `time-${message.id}`;
  const row = useRef<HTMLLIElement>(null);
  const wasRemoved = useRef(removed);
  useLayoutEffect(() => {
    if (wasRemoved.current === removed) return;
    wasRemoved.current = removed;
    // What was pressed has gone with the message, or with the way back to it: the keyboard goes on from what stands
    // there now, at once, since the next key is meant for it.
    if (!hasKeyboard(row.current)) return;
    row.current?.querySelector<HTMLElement>(removed ? 'button' : 'article')?.focus({ preventScroll: true });
  }, [removed]);
  return (
    <li
      ref={row}
      class="message"
      data-message={message.id}
      data-first={isFirst}
      data-goes-on={goesOn}
      data-wanted={isWanted}
    >
      {removed ? (
        <Removed id={message.id} />
      ) : (
        <article aria-labelledby={`${author} ${time}`} tabIndex={-1}>
          <p class={goesOn ? 'unseen' : 'author'} id={author}>
            <FilterLink to={{ author: message.author }} title="Only messages of this author">
              <bdi>{message.author}</bdi>
            </FilterLink>
          </p>
          <Content message={message} timeId={time} />
        </article>
      )}
    </li>
  );
});

function Content({ message, timeId }: { message: Message; timeId: string }) {
  const [editing, setEditing] = useKept<Message>(`edit ${message.id}`);
  const [open, setOpen] = useRemembered<string | null>(`commit ${message.id}`, null);
  const editButton = useRef<HTMLButtonElement>(null);
  const byKey = useRef(false);

  const begin = () => {
    byKey.current = document.activeElement?.matches('article') ?? false;
    setEditing(message);
  };
  const end = (editor: HTMLElement | null) => {
    // Who went on elsewhere while it was being saved keeps the keyboard there.
    const goesOn = hasKeyboard(editor);
    setEditing(undefined);
    if (!goesOn) return;
    requestAnimationFrame(() => {
      const { current } = editButton;
      // Who began with a key goes on with keys; and on a narrow screen the button is folded away.
      const isButton = !byKey.current && current?.checkVisibility();
      (isButton ? current : current?.closest('article'))?.focus();
    });
  };

  if (editing) return <Editor message={editing} onSaved={setEditing} onEnd={end} />;
  const opened = message.deliveries.find(({ repository }) => repository === open);
  return (
    <>
      {message.replyTo && <Quote id={message.replyTo} />}
      <Body message={message} />
      {message.conflict && <ConflictMark id={message.id} />}
      <footer class="meta">
        <time id={timeId} datetime={message.createdAt} title={exact(message.createdAt)}>
          {clock(message.createdAt)}
        </time>
        <Marks message={message} />
        <Deliveries deliveries={message.deliveries} open={open} onOpen={setOpen} />
        <Actions
          id={message.id}
          editButton={editButton}
          onEdit={begin}
          onDelete={() => void remove(message.id)}
        />
      </footer>
      {opened && <DeliveryDetail {...opened} />}
    </>
  );
}

interface ActionsProps {
  readonly id: string;
  readonly editButton: RefObject<HTMLButtonElement | null>;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** With a mouse they appear where it points; on a touch screen a button opens them. */
function Actions({ id, editButton, onEdit, onDelete }: ActionsProps) {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    if (open) editButton.current?.scrollIntoView({ block: 'nearest' });
  }, [open, editButton]);
  return (
    <>
      <button type="button" class="quiet more" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden="true">•••</span>
        <span class="unseen">Actions</span>
      </button>
      <span class="actions" data-open={open}>
        <button type="button" class="link" data-action="reply" onClick={() => reply(id)}>
          Reply
        </button>
        <button type="button" class="link" data-action="edit" ref={editButton} onClick={onEdit}>
          Edit
        </button>
        <button
          type="button"
          class="link"
          data-action="history"
          aria-haspopup="dialog"
          onClick={() => dialog.dispatch({ kind: 'history', id })}
        >
          History
        </button>
        <button type="button" class="link" data-action="delete" onClick={onDelete}>
          Delete
        </button>
      </span>
    </>
  );
}

function Marks({ message }: { message: Message }) {
  // The other types can be told by their looks.
  const needsLabel = message.type === 'markdown' || !(message.type in TYPE_WORDS);
  return (
    <>
      {needsLabel && <span class="mark">{TYPE_WORDS[message.type] ?? message.type}</span>}
      {message.updatedAt && (
        <span class="mark" title={`Edited ${exact(message.updatedAt)}`}>
          edited
        </span>
      )}
    </>
  );
}

/** Two clones changed the message before they met; nothing of either is lost, and somebody has to choose. */
function ConflictMark({ id }: { id: string }) {
  return (
    <p class="conflict">
      <WarningIcon />
      <span>In conflict: it was changed in two places at once.</span>
      <button
        type="button"
        class="link"
        aria-haspopup="dialog"
        onClick={() => dialog.dispatch({ kind: 'conflict', id })}
      >
        Compare and settle
      </button>
    </p>
  );
}

function reply(id: string): void {
  draft.dispatch({ type: 'write', change: { replyTo: id } });
  focusComposer();
}
