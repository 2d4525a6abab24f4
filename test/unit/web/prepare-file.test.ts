import { expect, test } from 'vitest';
import { prepareFile } from '../../../src/web/actions/prepare-file.ts';

/** A file that cannot be read, such as a folder that was dropped. */
function unreadable(type: string): Blob {
  const file = new Blob(['x'], { type });
  const refuse = () => Promise.reject(new DOMException('It could not be read.', 'NotReadableError'));
  return Object.assign(file, { arrayBuffer: refuse, slice: () => unreadable(type) });
}

test('a file that is no picture is sent as it is', async () => {
  const file = new Blob(['Some words'], { type: 'text/plain' });
  expect(await prepareFile(file)).toEqual({
    original: file,
    reduced: null,
    tells: false,
  });
});

test.each([
  ['image/jpeg', true],
  ['video/mp4', true],
  ['', false],
])(
  'an unreadable file of the type %j is left to the upload, and may say anything if it is a picture',
  async (type, tells) => {
    const file = unreadable(type);
    expect(await prepareFile(file)).toEqual({ original: file, reduced: null, tells });
  },
);
