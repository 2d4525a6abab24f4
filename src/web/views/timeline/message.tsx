import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Message } from '../../../contract/message.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { isPinned } from '../../actions/pins.ts';
import { dialog } from '../../state/dialog.ts';
import { useKept, useRemembered } from '../../state/opened.ts';
import { addressOf, isFixed } from '../../state/query.ts';
import { initialsOf, tintOf } from '../../text/author-look.ts';
import { clock, exact, shortWhen } from '../../text/time.ts';
import { TYPE_WORDS } from '../../text/words.ts';
import { Editor } from '../compose/editor.tsx';
import { FilterLink, isPlainClick } from '../search/filter-link.tsx';
import { PinIcon, WarningIcon } from '../ui/icons.tsx';
import { hasKeyboard } from '../ui/keyboard.ts';
import { Contents } from './body.tsx';
import { Deliveries, DeliveryDetail } from './deliveries.tsx';
import { memo } from './memo.tsx';
import { MessageActions } from './message-actions.tsx';
import { Quote } from './quote.tsx';
import { Removed } from './removed.tsx';
import { ThreadLink } from './thread-link.tsx';

interface Props {
  readonly message: Message;
  /** Whether it is the first one of its day. */
  readonly isFirst: boolean;
  readonly goesOn: boolean;
  readonly removed: boolean;
  /** Whether it is the first one that is new to the reader. */
  readonly isNew: boolean;
  /** The loaded replies to it. All messages without any share the same empty list. */
  readonly replies: readonly Message[];
  /** Whether the reader was taken to it. */
  readonly isWanted: boolean;
}

export const MessageRow = memo(({ message, isFirst, goesOn, removed, isNew, replies, isWanted }: Props) => {
  const row = useRef<HTMLLIElement>(null);
  const wasRemoved = useRef(removed);
  useLayoutEffect(() => {
    if (wasRemoved.current === removed) return;
    wasRemoved.current = removed;
    // The pressed button disappeared with the message, or with the undo button. The focus moves immediately to what
    // is there now, since the next key is meant for it.
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
      data-fixed={isFixed(message)}
    >
      {isNew && <p class="new-line">New since you last looked</p>}
      {removed ? (
        <Removed id={message.id} />
      ) : (
        <Content message={message} goesOn={goesOn} replies={replies} />
      )}
    </li>
  );
});

function Content({ message, goesOn, replies }: Pick<Props, 'message' | 'goesOn' | 'replies'>) {
  const { id } = message;
  const [editing, setEditing] = useKept<Message>(`edit ${id}`);
  const [open, setOpen] = useRemembered<string | null>(`commit ${id}`, null);
  const article = useRef<HTMLElement>(null);
  const byKey = useRef(false);

  const begin = () => {
    byKey.current = document.activeElement === article.current;
    setEditing(message);
  };
  const end = (editor: HTMLElement | null) => {
    // If the person has moved on while it was being saved, the focus stays where it is.
    const goesBack = hasKeyboard(editor);
    setEditing(undefined);
    if (!goesBack) return;
    requestAnimationFrame(() => {
      const edit = byKey.current ? null : article.current?.querySelector<HTMLElement>('[data-action="edit"]');
      (edit ?? article.current)?.focus({ preventScroll: true });
    });
  };
  const opened = message.deliveries.find(({ repository }) => repository === open);
  return (
    <article ref={article} aria-labelledby={`author-${id} time-${id}`} tabIndex={-1}>
      {!goesOn && (
        <span class="avatar" aria-hidden="true" data-tint={tintOf(message.author)}>
          {initialsOf(message.author)}
        </span>
      )}
      <div class="message-head">
        <p class={goesOn ? 'unseen' : 'author'} id={`author-${id}`}>
          <FilterLink to={{ author: message.author }} title="Only messages by this author" hidden={goesOn}>
            <bdi>{message.author}</bdi>
          </FilterLink>
        </p>
        <TimeLink message={message} />
        <Marks message={message} />
        <Deliveries deliveries={message.deliveries} open={open} onOpen={setOpen} />
      </div>
      {editing ? (
        <Editor message={editing} onSaved={setEditing} onEnd={end} />
      ) : (
        <>
          {message.replyTo && <Quote id={message.replyTo} />}
          <Contents message={message} />
          <ThreadLink id={id} replies={replies} />
          {message.conflict && <ConflictMark id={id} />}
          {opened && <DeliveryDetail {...opened} />}
          <MessageActions message={message} onEdit={begin} />
        </>
      )}
    </article>
  );
}

/** When it was written, as a link to its place among all messages. */
function TimeLink({ message: { id, createdAt } }: { message: Message }) {
  const follow = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    goToMessage(id, 'link');
  };
  return (
    <a
      id={`time-${id}`}
      class="time"
      href={addressOf({ at: id })}
      title={exact(createdAt)}
      draggable={false}
      onClick={follow}
    >
      <time datetime={createdAt}>{clock(createdAt)}</time>
    </a>
  );
}

function Marks({ message }: { message: Message }) {
  // The known types are recognisable without a label.
  const needsLabel = !(message.type in TYPE_WORDS);
  return (
    <>
      {message.deletedAt && <span class="mark warn">deleted {shortWhen(message.deletedAt)}</span>}
      {isPinned(message) && (
        <span class="mark" title="Pinned">
          <PinIcon />
          <span class="unseen">pinned</span>
        </span>
      )}
      {needsLabel && <span class="mark">{message.type}</span>}
      {message.updatedAt && message.deletedAt === undefined && (
        <span class="mark" title={`Edited ${exact(message.updatedAt)}`}>
          edited
        </span>
      )}
    </>
  );
}

/** Two clones changed the message independently. Neither version is lost, but someone has to choose. */
function ConflictMark({ id }: { id: string }) {
  return (
    <p class="conflict">
      <WarningIcon />
      <span>Conflict: this message was changed in two places at once.</span>
      <button
        type="button"
        class="link"
        aria-haspopup="dialog"
        onClick={() => dialog.dispatch({ kind: 'conflict', id })}
      >
        Compare and resolve
      </button>
    </p>
  );
}
