import { join } from 'node:path';
import { capture } from '../acknowledged.ts';
import type { Device } from '../device.ts';
import { git } from '../git.ts';
import type { Life } from '../take-step.ts';

/** Settings that people have, none of which changes what has to come of a message. */
const SETTINGS = [
  ['core.autocrlf', 'true'],
  ['core.autocrlf', 'input'],
  ['core.eol', 'crlf'],
  ['core.fileMode', 'false'],
  ['core.symlinks', 'false'],
  ['core.quotePath', 'false'],
  ['core.precomposeUnicode', 'true'],
  ['core.splitIndex', 'true'],
  ['core.untrackedCache', 'true'],
  ['core.preloadIndex', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['core.compression', '0'],
  ['core.bigFileThreshold', '1'],
  ['core.commentChar', '{'],
  ['core.abbrev', '4'],
  ['core.hooksPath', '/nonexistent'],
  ['core.attributesFile', '/nonexistent'],
  ['core.excludesFile', '/nonexistent'],
  ['index.version', '4'],
  ['index.skipHash', 'true'],
  ['index.threads', '4'],
  ['feature.manyFiles', 'true'],
  ['feature.experimental', 'true'],
  ['gc.auto', '1'],
  ['gc.autoDetach', 'false'],
  ['fetch.prune', 'true'],
  ['fetch.fsckObjects', 'true'],
  ['fetch.unpackLimit', '1'],
  ['fetch.writeCommitGraph', 'true'],
  ['transfer.fsckObjects', 'true'],
  ['push.default', 'nothing'],
  ['push.followTags', 'true'],
  ['pull.rebase', 'true'],
  ['pull.ff', 'only'],
  ['merge.ff', 'only'],
  ['merge.renames', 'false'],
  ['merge.conflictStyle', 'diff3'],
  ['diff.noprefix', 'true'],
  ['diff.external', 'false'],
  ['diff.renames', 'copies'],
  ['diff.ignoreSubmodules', 'all'],
  ['log.showSignature', 'true'],
  ['log.date', 'relative'],
  ['color.ui', 'always'],
  ['status.short', 'true'],
  ['status.branch', 'true'],
  ['status.showUntrackedFiles', 'no'],
  ['i18n.commitEncoding', 'ISO-8859-1'],
  ['i18n.logOutputEncoding', 'ISO-8859-1'],
  ['commit.cleanup', 'scissors'],
  ['submodule.recurse', 'true'],
  ['safe.bareRepository', 'explicit'],
  ['protocol.version', '0'],
  ['pack.writeReverseIndex', 'true'],
  ['repack.writeBitmaps', 'true'],
  ['maintenance.auto', 'false'],
] as const;

/** A person changes a setting, in this clone or for all that they do; the device starts again or does not. */
export async function changeSetting(life: Life, on: Device, pick: number, text: string): Promise<void> {
  const [clone] = on.clones;
  const [name, value] = SETTINGS[pick % SETTINGS.length] as (typeof SETTINGS)[number];
  // Those that change what a person's own git does in the steps that follow are only set for gitpost.
  const isForAll = pick % 2 === 0 || /^(pull|merge|color|status|commit|diff|log)\./.test(name);
  if (isForAll) await git(on.folder, 'config', '--file', join(on.folder, 'gitconfig'), name, value);
  else await git(clone, 'config', name, value);
  if (pick % 3 > 0) {
    await on.stop();
    await on.start();
  }
  await capture(life.acknowledged, on, `${text}, with a setting`, `With ${name}=${value}`);
}
