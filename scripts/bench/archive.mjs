// Makes a bare repository with an archive as another device would have captured it: one commit each, years of days.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment } from './environment.mjs';
import { random, textOf } from './text.mjs';

const SEGMENT_BYTES = 16 * 1024;
const DEVICE = 'archive-000001';
const [BEGIN, END] = [Date.UTC(2016, 0, 1), Date.UTC(2026, 0, 1)];

/** Writes `count` messages, the same for the same seed, into a new bare repository at `path`. */
export async function makeArchive(path, count, seed = 1) {
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', path], { env: environment });
  const args = ['-c', 'core.compression=1', 'fast-import', '--quiet', '--done'];
  const child = spawn('git', args, { cwd: path, env: environment, stdio: ['pipe', 'inherit', 'inherit'] });
  for (const commit of commits(count, random(seed))) {
    if (!child.stdin.write(commit)) await once(child.stdin, 'drain');
  }
  child.stdin.end('done\n');
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  execFileSync('git', ['commit-graph', 'write', '--reachable', '--no-progress'], {
    cwd: path,
    env: environment,
  });
}

function* commits(count, next) {
  let [day, segment, content] = ['', 1, ''];
  for (let number = 0; number < count; number += 1) {
    const createdAt = new Date(BEGIN + Math.floor(((END - BEGIN) * number) / count)).toISOString();
    const text = textOf(next) || 'x';
    const id = idAt(createdAt, next);
    const author = next() < 0.6 ? 'Ann' : 'Bob';
    const line = `${JSON.stringify({ v: 1, id, revision: 1, author, type: 'text', text, createdAt })}\n`;
    if (createdAt.slice(0, 10) !== day) [day, segment, content] = [createdAt.slice(0, 10), 1, ''];
    else if (Buffer.byteLength(content + line) > SEGMENT_BYTES) [segment, content] = [segment + 1, ''];
    content += line;
    const suffix = segment === 1 ? '' : `.${segment}`;
    const file = `messages/${day.slice(0, 4)}/${day.slice(5, 7)}/${DEVICE}.${day}${suffix}.jsonl`;
    const seconds = Math.floor(Date.parse(createdAt) / 1000);
    const subject = text.split('\n')[0].slice(0, 60) || 'x';
    const message = `${subject}\n\nMessage-Id: ${id}\nDevice: ${DEVICE}\n`;
    yield [
      'commit refs/heads/main',
      `author ${author} <${author.toLowerCase()}@example.org> ${seconds} +0000`,
      `committer Bench <bench@example.org> ${seconds} +0000`,
      `data ${Buffer.byteLength(message)}`,
      message,
      `M 100644 inline ${file}`,
      `data ${Buffer.byteLength(content)}`,
      content,
    ].join('\n');
  }
}

/** A UUID of version 7 for a moment. */
function idAt(createdAt, next) {
  const time = Date.parse(createdAt).toString(16).padStart(12, '0');
  const digits = Array.from({ length: 18 }, () => Math.floor(next() * 16).toString(16)).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digits.slice(0, 3)}-8${digits.slice(3, 6)}-${digits.slice(6)}`;
}
