import { createHash, randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { type Answer, type Api, expected } from './api.ts';

export interface Uploaded {
  sha256: string;
  name: string;
  type: string;
  size: number;
  width?: number;
  height?: number;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Uploads a file, whatever comes of it. */
export const sendFile = (api: Api, bytes: Uint8Array | string, name?: string): Promise<Answer> =>
  api.send('POST', `/attachments${name === undefined ? '' : `?name=${encodeURIComponent(name)}`}`, {
    raw: bytes,
    headers: { 'Content-Type': 'application/octet-stream' },
  });

/** Uploads a file that is not known yet. */
export const upload = async (api: Api, bytes: Uint8Array | string, name?: string): Promise<Uploaded> =>
  expected<Uploaded>(await sendFile(api, bytes, name), 201);

/** The bytes that the server has of a file, with the whole answer. */
export async function fetchFile(
  api: Api,
  sha256: string,
  headers: Record<string, string> = {},
  method = 'GET',
) {
  const response = await fetch(`${api.url}/attachments/${sha256}`, { method, headers });
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

const crcTable = Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** A chunk of a PNG. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  let crc = 0xffffffff;
  for (const byte of body) crc = (crcTable[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE((crc ^ 0xffffffff) >>> 0);
  return Buffer.concat([length, body, sum]);
}

/** A real PNG of one colour. */
export const pngOf = (width: number, height: number, colour = [200, 60, 60]): Buffer =>
  png(width, height, () => Buffer.from(Array.from({ length: width }, () => colour).flat()));

/** A real PNG that no format makes small without a loss. */
export const noisyPng = (width: number, height: number): Buffer =>
  png(width, height, () => randomBytes(3 * width));

function png(width: number, height: number, row: () => Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const rows = Array.from({ length: height }, () => Buffer.concat([Buffer.from([0]), row()]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.concat(rows), { level: 1 })),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
