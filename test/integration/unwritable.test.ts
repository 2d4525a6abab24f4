import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_LINE_BYTES } from '../../src/journal/split.ts';
import { startDevice } from '../support/device.ts';
import { bareRepository, cloneOf, commitFile, git } from '../support/git.ts';
import { lineOf } from '../support/journal.ts';
import { temporaryFolder } from '../support/tmp.ts';

/** A line that another program made as long as lines may be. */
const longest = (id: string, members: Record<string, unknown> = {}) => {
  const overhead = Buffer.byteLength(lineOf({ id, text: 'Long', added: '', ...members }));
  return lineOf({ id, text: 'Long', added: 'x'.repeat(MAX_LINE_BYTES - overhead), ...members });
};

test('a change that nobody could read again is refused with words, and the message stays', async () => {
  const folder = await temporaryFolder();
  const remote = await bareRepository(join(folder, 'shared.git'));
  const elsewhere = await cloneOf(remote, join(folder, 'elsewhere'));
  const [long, gone, high] = [randomUUID(), randomUUID(), randomUUID()];
  const deletedAt = '2026-10-02T10:00:00.000Z';
  const lines = [
    longest(long),
    longest(gone, { deletedAt, updatedAt: deletedAt }),
    lineOf({ id: high, text: 'High', revision: Number.MAX_SAFE_INTEGER }),
  ];
  await commitFile(elsewhere, 'messages/bot.jsonl', `${lines.join('\n')}\n`, 'a bot');
  await git(elsewhere, 'push', '--quiet', 'origin', 'HEAD:main');
  const trouble: unknown[] = [];
  const device = await startDevice(folder, [remote], trouble);
  onTestFinished(() => device.stop());
  const tip = await git(device.clones[0], 'rev-parse', 'main');

  const refused: readonly (readonly [string, string, unknown?])[] = [
    ['PATCH', long, { text: 'Long, and longer' }],
    ['DELETE', long],
    ['PATCH', gone, { text: 'Back again, and longer' }],
    ['PATCH', high, { text: 'Higher' }],
    ['DELETE', high],
  ];
  for (const [method, id, body] of refused) {
    const answer = await device.request(method, `/messages/${id}`, body);
    expect(answer).toMatchObject({
      status: 422,
      json: { type: 'urn:gitpost:problem:unwritable', detail: expect.stringMatching(/Nothing was changed/) },
    });
  }
  expect(await git(device.clones[0], 'rev-parse', 'main')).toBe(tip);
  expect(await device.request('GET', `/messages/${long}`)).toMatchObject({
    status: 200,
    json: { text: 'Long' },
  });
  expect(await device.request('GET', `/messages/${high}`)).toMatchObject({
    status: 200,
    json: { text: 'High', revision: Number.MAX_SAFE_INTEGER },
  });
  expect(await device.request('GET', `/messages/${gone}`)).toMatchObject({ status: 404 });
  expect(trouble).toEqual([]);
});
