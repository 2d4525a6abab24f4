import { v7 as uuid } from 'uuid';
import { cleanFileName, extensionOf, MOST_ATTACHMENTS } from '../../domain/attachment.ts';
import { uploadFile } from '../api/attachments.ts';
import { isPassing } from '../api/problem.ts';
import { copyOf, NOT_READABLE } from '../api/readable.ts';
import { draft, keysInDrafts } from '../state/draft.ts';
import { dropBytes, storedKeys } from '../state/draft-file-storage.ts';
import {
  blobOf,
  bytesOfFiles,
  type DraftFile,
  forgetBytes,
  keepBytes,
  progress,
  recallBytes,
  replaceBytes,
} from '../state/draft-files.ts';
import { show } from '../state/notices.ts';
import { descriptionIn, leftOutInWords, nameFor, withoutDirection } from '../text/files.ts';
import { prepared } from './chosen-file.ts';

const uploads = new Map<string, { readonly done: Promise<void>; readonly abort: AbortController }>();

/** The files that are being prepared, so sending the message can wait for them. */
const preparing = new Set<Promise<void>>();

/** Adds files to the message that is being written, in the order in which they were chosen, and starts to upload them. */
export async function addFiles(files: readonly File[]): Promise<void> {
  const room = Math.max(0, MOST_ATTACHMENTS - draft.get().files.length);
  const leftOut = files.slice(room).map(({ name }) => name);
  if (leftOut.length > 0) show('plain', leftOutInWords(MOST_ATTACHMENTS, leftOut));
  const chosen = files.slice(0, room).map((file) => ({ file, row: toRow(file) }));
  draft.dispatch({
    type: 'write',
    change: { files: [...draft.get().files, ...chosen.map(({ row }) => row)] },
  });
  const adding = chosen.map(async ({ file, row: { key } }) => {
    progress.dispatch({ key, part: 0 });
    await getReady(key, file);
    if (!uploads.has(key)) progress.dispatch({ key, part: null });
  });
  for (const one of adding) noteWork(one);
  await Promise.all(adding);
}

function noteWork(work: Promise<void>): void {
  preparing.add(work);
  void work.finally(() => preparing.delete(work));
}

/**
 * Takes the bytes of the draft's files from this browser after a reload, and sends those that were not sent yet.
 *
 * @param loaded resolves when the draft is the one to continue
 */
export const recallFiles = (loaded: Promise<void>): void => noteWork(loaded.then(recall));

async function recall(): Promise<void> {
  const known = progress.get();
  const missing = draft.get().files.filter(({ key }) => !bytesOfFiles.has(key) && !known.has(key));
  await Promise.all(missing.map(recallFile));
  sendFiles();
  const wanted = keysInDrafts();
  for (const key of await storedKeys()) if (!wanted.has(key)) void dropBytes(key);
}

async function recallFile({ key, sha256, problem }: DraftFile): Promise<void> {
  const isThere = await recallBytes(key);
  const isLost = !isThere && sha256 === null && problem === null;
  change(key, isLost ? { problem: 'This file was not sent completely. Add it again.' } : {});
}

function toRow(file: File): DraftFile {
  const name = withoutDirection(cleanFileName(file.name));
  return {
    key: uuid(),
    name,
    extension: extensionOf(name),
    type: file.type,
    size: file.size,
    originalSize: null,
    wantsOriginal: false,
    tells: false,
    sha256: null,
    problem: null,
  };
}

/** Prepares one of the files that were added, and starts to upload it. */
async function getReady(key: string, file: File): Promise<void> {
  const ready = await prepared(file);
  // It may have been removed or described meanwhile.
  const row = draft.get().files.find((one) => one.key === key);
  if (!row) return;
  if (!ready.ok) return change(key, { problem: ready.why });
  const { original, reduced, extensions, tells } = ready;
  const { type, size } = reduced ?? original;
  keepBytes(key, { original, reduced, extensions });
  const whole = { type, size, originalSize: reduced ? file.size : null, tells };
  change(key, { ...whole, ...(reduced && renamed(row, extensions.reduced)) });
  sendFiles();
}

/** What changes in a file if its extension does. */
const renamed = (
  { name, extension = '' }: DraftFile,
  next: string,
): Pick<DraftFile, 'name' | 'extension'> => ({
  name: nameFor(descriptionIn(name, extension), next),
  extension: next,
});

export function removeFile(key: string): void {
  uploads.get(key)?.abort.abort();
  draft.dispatch({ type: 'write', change: { files: draft.get().files.filter((file) => file.key !== key) } });
  forgetBytes([key]);
}

export const renameFile = (key: string, name: string): void => change(key, { name });

/** Sends the original picture instead of the smaller one, or the smaller one again. */
export function useOriginal(key: string, wantsOriginal: boolean): void {
  uploads.get(key)?.abort.abort();
  change(key, { wantsOriginal, sha256: null, problem: null });
  const file = draft.get().files.find((one) => one.key === key);
  const blob = file && blobOf(file);
  if (!file || !blob) return;
  const extensions = bytesOfFiles.get(key)?.extensions;
  const next = wantsOriginal ? extensions?.original : extensions?.reduced;
  change(key, { size: blob.size, type: blob.type, ...(next !== undefined && renamed(file, next)) });
  sendFiles();
}

/** Tries again to send a file that could not be sent. */
export function retryFile(key: string): void {
  change(key, { problem: null });
  sendFiles();
}

/** Starts to send the files of the draft that the server does not have. */
export function sendFiles(): void {
  for (const file of draft.get().files) if (file.sha256 === null && file.problem === null) upload(file);
}

/** Resolves when no file of the draft is being sent any more. Those that could not be sent are tried again. */
export async function filesSettled(): Promise<void> {
  while (preparing.size > 0) await Promise.all(preparing);
  sendFiles();
  await Promise.all([...uploads.values()].map(({ done }) => done));
}

function upload(file: DraftFile): void {
  const blob = blobOf(file);
  const running = uploads.get(file.key);
  if (!blob || (running && !running.abort.signal.aborted)) return;
  const abort = new AbortController();
  const done = send(file, blob, abort.signal).finally(() => {
    if (uploads.get(file.key)?.abort !== abort) return;
    uploads.delete(file.key);
    progress.dispatch({ key: file.key, part: null });
  });
  uploads.set(file.key, { done, abort });
}

const SAME_FILE = 'The same file is already there. Remove one of them.';

async function send({ key, name }: DraftFile, blob: Blob, signal: AbortSignal): Promise<void> {
  progress.dispatch({ key, part: 0 });
  const answer = await uploadFile(name, blob, (part) => progress.dispatch({ key, part }), signal);
  if (signal.aborted) return;
  if (answer.ok) {
    const { sha256, type } = answer.body;
    const isTwice = draft.get().files.some((file) => file.key !== key && file.sha256 === sha256);
    return change(key, { type, ...(isTwice ? { problem: SAME_FILE } : { sha256 }) });
  }
  if (!isPassing(answer.problem)) return change(key, { problem: answer.problem.detail });
  // It is sent later, together with the message. Until then, the file itself may be changed or deleted.
  const copy = await copyOf(blob);
  if (signal.aborted) return;
  if (copy) replaceBytes(key, blob, copy);
  else change(key, { problem: NOT_READABLE });
}

function change(key: string, what: Partial<DraftFile>): void {
  const files = draft.get().files.map((file) => (file.key === key ? { ...file, ...what } : file));
  draft.dispatch({ type: 'write', change: { files } });
}
