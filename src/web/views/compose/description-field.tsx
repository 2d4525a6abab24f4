import { descriptionIn, nameFor } from '../../text/files.ts';

interface Props {
  readonly label: string;
  readonly name: string;
  /** The part of the name that stays. */
  readonly extension: string;
  readonly onName: (name: string) => void;
}

/** The name of a file, of which everything but the extension can be changed. */
export function DescriptionField({ label, name, extension, onName }: Props) {
  const description = descriptionIn(name, extension);
  return (
    <span class="file-name">
      <input
        type="text"
        aria-label={label}
        title="The name of the file. It is read aloud instead of a picture."
        value={description}
        maxLength={255}
        onInput={(event) => onName(nameFor(event.currentTarget.value, extension))}
        onBlur={() => description === '' && onName(`file${extension}`)}
      />
      {extension !== '' && <bdi class="hint">{extension}</bdi>}
    </span>
  );
}
