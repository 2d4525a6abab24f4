import { v7 as uuid } from 'uuid';
import { cleanFileName, MOST_ATTACHMENTS } from '../../domain/attachment.ts';
import { uploadFile } from '../api/attachments.ts';
import { isPassing } from '../api/problem.ts';
import { draft } from '../state/draft.ts';
import { blobOf, bytesOfFiles, type DraftFile, forgetBytes, progress } from '../state/draft-files.ts';
import { show } from '../state/notices.ts';
import { kindOfFile } from '../text/files.ts';
import type { PreparedFile } from './prepare-file.ts';

const uploads = new Map<string, { readonly done: Promise<void>; readonly abort: AbortController }>();

/** The files that are being prepared, so sending the message can wait for them. */
const preparing = new Set<Promise<void>>();

/** Adds files to the message that is being written, and starts to upload them. */
export async function addFiles(files: readonly File[]): Promise<void> {
  const room = MOST_ATTACHMENTS - draft.get().files.length;
  if (files.length > room) show('plain', `A message can have ${MOST_ATTACHMENTS} files.`);
  const adding = files.slice(0, Math.max(0, room)).map(async (file) => {
    const key = uuid();
    const ready = await prepared(file).catch(() => undefined);
    if (!ready)
      return show('bad', `${file.name} was not added: a part of the page could not be loaded. Reload it.`);
    const { original, reduced, name, tells } = ready;
    const blob = reduced ?? original;
    const preview = kindOfFile(blob.type) === 'picture' ? URL.createObjectURL(blob) : null;
    bytesOfFiles.set(key, { original, reduced, preview });
    const added: DraftFile = {
      key,
      name,
      type: blob.type,
      size: blob.size,
      originalSize: reduced ? file.size : null,
      wantsOriginal: false,
      tells,
      sha256: null,
      problem: null,
    };
    draft.dispatch({ type: 'write', change: { files: [...draft.get().files, added] } });
    upload(added);
  });
  for (const one of adding) {
    preparing.add(one);
    void one.finally(() => preparing.delete(one));
  }
  await Promise.all(adding);
}

/** Loads the code that prepares files soon after the page, since it could not be loaded without the server. */
export function getReadyForFiles(): void {
  void import('./prepare-file.ts').catch(() => undefined);
}

/** Decides what can be sent of a file. */
export async function prepared(file: File): Promise<PreparedFile> {
  const { prepareFile } = await import('./prepare-file.ts');
  return prepareFile(file, cleanFileName(file.name));
}

export function removeFile(key: string): void {
  uploads.get(key)?.abort.abort();
  draft.dispatch({ type: 'write', change: { files: draft.get().files.filter((file) => file.key !== key) } });
  forgetBytes([key]);
}

export const renameFile = (key: string, name: string): void =>
  change(key, { name: name === '' ? '' : cleanFileName(name) });

/** Sends the original picture instead of the smaller one, or the smaller one again. */
export function useOriginal(key: string, wantsOriginal: boolean): void {
  uploads.get(key)?.abort.abort();
  change(key, { wantsOriginal, sha256: null, problem: null });
  const file = draft.get().files.find((one) => one.key === key);
  const blob = file && blobOf(file);
  if (!file || !blob) return;
  change(key, { size: blob.size, type: blob.type });
  upload(file);
}

/** Resolves when no file of the draft is being sent any more. Those that could not be sent are tried again. */
export async function filesSettled(): Promise<void> {
  while (preparing.size > 0) await Promise.all(preparing);
  for (const file of draft.get().files) if (file.sha256 === null && file.problem === null) upload(file);
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

async function send({ key, name }: DraftFile, blob: Blob, signal: AbortSignal): Promise<void> {
  progress.dispatch({ key, part: 0 });
  const answer = await uploadFile(name, blob, (part) => progress.dispatch({ key, part }), signal);
  if (signal.aborted) return;
  if (answer.ok) change(key, { sha256: answer.body.sha256, type: answer.body.type });
  // If it cannot be sent now, it is sent later, together with the message.
  else if (!isPassing(answer.problem)) change(key, { problem: answer.problem.detail });
}

function change(key: string, what: Partial<DraftFile>): void {
  const files = draft.get().files.map((file) => (file.key === key ? { ...file, ...what } : file));
  draft.dispatch({ type: 'write', change: { files } });
}
