import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../../domain/message.ts';
import { readForEdit, remove } from '../actions/messages.ts';
import { show } from '../state/notices.ts';
import { useRemembered } from '../state/opened.ts';
import { clock, exact } from '../text/time.ts';
import { TYPE_WORDS } from '../text/words.ts';
import { Body } from './body.tsx';
import { Deliveries } from './deliveries.tsx';
import { type Editable, Editor } from './editor.tsx';
import { FilterLink } from './filter-link.tsx';
import { WarningIcon } from './icons.tsx';
import { memo } from './memo.tsx';
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
  return (
    <li
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
  const [editing, setEditing] = useRemembered<Editable | undefined>(`edit ${message.id}`, undefined);
  const editButton = useRef<HTMLButtonElement>(null);

  const begin = async () => {
    const answer = await readForEdit(message.id);
    if (!answer.ok) return show('bad', `The message can’t be edited now. ${answer.problem.detail}`);
    setEditing({ message: answer.body, etag: answer.headers.get('ETag') ?? undefined });
  };
  const end = () => {
    setEditing(undefined);
    requestAnimationFrame(() => editButton.current?.focus());
  };

  if (editing) return <Editor {...editing} onEnd={end} />;
  return (
    <>
      <Body message={message} />
      <footer class="meta">
        <time id={timeId} datetime={message.createdAt} title={exact(message.createdAt)}>
          {clock(message.createdAt)}
        </time>
        <Marks message={message} />
        <Deliveries deliveries={message.deliveries} />
        <Actions
          editButton={editButton}
          onEdit={() => void begin()}
          onDelete={() => void remove(message.id)}
        />
      </footer>
    </>
  );
}

interface ActionsProps {
  readonly editButton: RefObject<HTMLButtonElement | null>;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}

/** With a mouse they appear where it points; on a touch screen a button opens them. */
function Actions({ editButton, onEdit, onDelete }: ActionsProps) {
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
        <button type="button" class="link" ref={editButton} onClick={onEdit}>
          Edit
        </button>
        <button type="button" class="link" onClick={onDelete}>
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
      {message.conflict && (
        <span class="mark warn" title="It was changed in two places at once; the next edit settles it.">
          <WarningIcon />
          conflict
        </span>
      )}
    </>
  );
}
