// The same work in a small archive and in a large one: nothing that a person does may get slower as it grows.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeArchive } from './archive.mjs';
import { environment, folder, quick } from './environment.mjs';
import { allCommitsKnown, sizeOf, startGitpost } from './gitpost.mjs';
import { median, often, timed } from './measure.mjs';
import { gitIn, lineOf } from './plain-git.mjs';
import { random, textOf } from './text.mjs';

const [SMALL, LARGE] = quick ? [1000, 10_000] : [1000, 1_000_000];
const ROUNDS = quick ? 15 : 60;
/** So many messages are sent for the packs of some of them to be packed. */
const POSTS = quick ? 500 : 1500;
const size = LARGE.toLocaleString('en');
const NDJSON = { accept: 'application/x-ndjson' };

/** All rows, each as soon as it is known: the whole takes a quarter of an hour. */
export async function* scaleRows() {
  const remote = async (name, count) => {
    const path = join(folder, `${name}.git`);
    await makeArchive(path, count);
    return path;
  };
  const [small, large] = [await remote('small-archive', SMALL), await remote('large-archive', LARGE)];
  yield await rebuildRow('fresh', large);
  for (const name of ['first', 'second']) {
    // Twice: the first start reads everything, and all that is measured is what a person meets every day.
    await (await settled(name, name === 'first' ? small : large)).stop();
  }
  const [one, other] = [await settled('first', small), await settled('second', large)];
  yield row(
    `ready after the start, ${size} messages`,
    `${SMALL} messages`,
    other.ready,
    one.ready,
    'ms',
    '≤ 3',
  );
  yield memoryRow(other, 'memory, idle', '≤ 0.5');
  yield* await readingRows(one, other);
  yield await postRow(one, other);
  yield* await searchRows(other);
  yield await everythingRow(other);
  yield memoryRow(other, 'memory after reading and searching everything', '≤ 1');
  yield await housekeepingRow(other);
  yield await pullRow(other, large);
  await Promise.all([one.stop(), other.stop()]);
  yield diskRow(other);
}

const memoryRow = (other, work, aim) =>
  row(`${work}, ${size}`, 'the mirror on disk', other.memory() / MB, mirrorSize(other) / MB, 'MB', aim);

const MB = 1024 * 1024;
const row = (work, against, ours, theirs, unit, aim, loop) => ({
  work,
  against,
  ours,
  theirs,
  unit,
  aim,
  loop,
});
const mirrorSize = ({ cwd }) => sizeOf(join(cwd, 'data/mirror'));
const cloneOf = ({ cwd }) => join(cwd, 'repos', cwd.endsWith('first') ? 'small-archive' : 'large-archive');

/** A gitpost that has everything: its clone, its mirror, and the commits of all messages. */
async function settled(name, remote) {
  const gitpost = await startGitpost(name, remote);
  const ready = await gitpost.ready();
  await allCommitsKnown(gitpost, '2017-01-01T00:00:00.000Z');
  // The mirror's files and the work tree follow within a second or two.
  await new Promise((wake) => setTimeout(wake, 3000));
  await gitpost.loopDelay();
  return { ...gitpost, ready };
}

/** From no mirror to a right answer, against reading and parsing the same files in Node. */
async function rebuildRow(name, remote) {
  const first = await settled(name, remote);
  await first.stop();
  rmSync(join(first.cwd, 'data/mirror'), { recursive: true });
  const clone = cloneOf(first);
  const files = gitIn(clone)('ls-files', '-z', 'messages').toString().split('\0').filter(Boolean);
  const theirs = await timed(() => {
    for (const file of files) {
      for (const line of readFileSync(join(clone, file), 'utf8').split('\n')) if (line) JSON.parse(line);
    }
  });
  const again = await startGitpost(name, remote);
  // Loading the program comes before anybody can be kept waiting.
  await again.loopDelay();
  const ours = await again.ready(LARGE);
  const delay = await again.loopDelay();
  await again.stop();
  rmSync(first.cwd, { recursive: true });
  return row(
    `rebuild of the mirror, ${size}, until GET is right`,
    'reading and parsing the files in Node',
    ours,
    theirs,
    'ms',
    '≤ 2.5',
    delay,
  );
}

async function readingRows(one, other) {
  const page = '/messages?limit=50';
  const first = {
    small: await often(ROUNDS, () => one.get(page)),
    large: await often(ROUNDS, () => other.get(page)),
  };
  const years = Array.from({ length: 9 }, (_, year) => `${2017 + year}-0${1 + year}-01T00:00:00.000Z`);
  const until = await often(ROUNDS, (round) => other.get(`${page}&until=${years[round % years.length]}`));
  const cursors = [];
  for (const year of years) {
    const { headers } = await fetch(`${other.url}${page}&until=${year}`);
    cursors.push(/<(\/messages[^>]*)>/.exec(headers.get('link') ?? '')?.[1] ?? page);
  }
  const cursor = await often(ROUNDS, (round) => other.get(cursors[round % cursors.length]));
  return [
    row(`first page, ${size}`, `${SMALL} messages`, first.large, first.small, 'ms', '≤ 1.5'),
    row(`a page far back by \`until\`, ${size}`, 'its first page', until, first.large, 'ms', '≤ 3'),
    row(
      `a page far back by cursor, ${size}`,
      'its first page',
      cursor,
      first.large,
      'ms',
      '≤ 3',
      await other.loopDelay(),
    ),
  ];
}

async function postRow(one, other) {
  const texts = random(3);
  const [small, large] = [[], []];
  for (let round = -5; round < ROUNDS; round += 1) {
    const mine = await timed(() => other.post(textOf(texts)));
    const their = await timed(() => one.post(textOf(texts)));
    if (round < 0) continue;
    large.push(mine);
    small.push(their);
  }
  return row(
    `POST, ${size} messages`,
    `${SMALL} messages`,
    median(large),
    median(small),
    'ms',
    '≤ 1.3',
    await other.loopDelay(),
  );
}

/** Each message alone is a pack of its own, so that they have to be packed together again and again meanwhile. */
async function housekeepingRow(other) {
  const texts = random(5);
  const isPacking = () => spawnSync('pgrep', ['-f', 'repack -q -d --geometric']).status === 0;
  const [during, otherwise] = [[], []];
  await other.loopDelay();
  for (let sent = 0; sent < POSTS && during.length < 40; sent += 1) {
    const before = isPacking();
    const mine = await timed(() => other.post(textOf(texts)));
    if (before && isPacking()) during.push(mine);
    else if (!before) otherwise.push(mine);
  }
  return row(
    `POST while small packs are packed together (${during.length} of them), ${size}`,
    'POST otherwise',
    median(during),
    median(otherwise),
    'ms',
    '≤ 2',
    await other.loopDelay(),
  );
}

async function searchRows(other) {
  const git = gitIn(cloneOf(other));
  const grep = (word) => {
    try {
      return git('grep', '-F', '-i', '-I', word, '--', 'messages').toString().trim().split('\n').length;
    } catch {
      // It ends with 1 where nothing is found.
      return 0;
    }
  };
  const scan = await oneFileScan(other);
  const rows = [];
  for (const [name, word] of [
    ['a common word', 'tomorrow'],
    ['a rare word', 'menpolqua'],
    ['a very rare word', 'karitomen'],
    ['a word that is nowhere', 'qqxzzyqx'],
  ]) {
    const path = `/messages?limit=50&q=${word}`;
    await other.get(path);
    const ours = await often(5, () => other.get(path));
    const theirs = await often(3, () => grep(word));
    const work = `search for ${name}, in ${grep(word).toLocaleString('en')} of ${size}`;
    rows.push(
      row(work, '`git grep -F -i` in the clone', ours, theirs, 'ms', '≤ 0.1', await other.loopDelay()),
    );
    rows.push(row(work, 'a scan of one lowdb file, in memory', ours, scan(word), 'ms', ''));
  }
  return rows;
}

/** What a single lowdb file costs: all messages in memory, each looked at. */
async function oneFileScan(other) {
  const response = await fetch(`${other.url}/messages`, { headers: NDJSON });
  const texts = [];
  let rest = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) texts.push(JSON.parse(line).text);
  }
  return (word) => {
    const began = performance.now();
    texts.filter((text) => text.toLowerCase().includes(word)).slice(0, 50);
    return performance.now() - began;
  };
}

async function everythingRow(other) {
  const before = other.memory();
  let first;
  let most = 0;
  const began = performance.now();
  const response = await fetch(`${other.url}/messages`, { headers: NDJSON });
  for await (const chunk of response.body) {
    if (chunk.length > 0) first ??= performance.now() - began;
    most = Math.max(most, other.memory());
  }
  const grown = ((most - before) / MB).toFixed(0);
  return row(
    `all ${size} as NDJSON, first byte; memory grew by ${grown} MB`,
    '50 ms',
    first,
    50,
    'ms',
    '≤ 1',
    await other.loopDelay(),
  );
}

/** One new message comes in from the remote. */
async function pullRow(other, remote) {
  const [writer, plain] = [join(folder, 'writer'), join(folder, 'plain')];
  for (const clone of [writer, plain])
    execFileSync('git', ['clone', '-q', remote, clone], { env: environment });
  await other.send('POST', '/push');
  const [write, read] = [gitIn(writer), gitIn(plain)];
  const [ours, theirs] = [[], []];
  for (let round = -1; round < (quick ? 3 : 7); round += 1) {
    write('pull', '-q', '--ff-only');
    mkdirSync(join(writer, 'messages/2026/02'), { recursive: true });
    writeFileSync(join(writer, `messages/2026/02/writer.${round}.jsonl`), `${lineOf(`pulled ${round}`)}\n`);
    write('add', '.');
    write('commit', '-q', '-m', 'One more');
    write('push', '-q', 'origin', 'main');
    const mine = await timed(async () => {
      const { text } = await other.send('POST', '/pull');
      if (JSON.parse(text).results[0].pulled !== 1)
        throw new Error(`one message should have come in: ${text}`);
    });
    const their = await timed(() => {
      read('fetch', '-q');
      read('merge', '-q', '--ff-only', 'origin/main');
    });
    if (round < 0) continue;
    ours.push(mine);
    theirs.push(their);
  }
  return row(
    `pull of one new message, ${size}`,
    '`git fetch && git merge --ff-only`',
    median(ours),
    median(theirs),
    'ms',
    '≤ 1.3',
  );
}

/** What the clone takes after `git gc`, against the text of the journal. */
function diskRow(other) {
  const clone = cloneOf(other);
  gitIn(clone)('gc', '-q', '--prune=now');
  return row(
    `disk of the clone after gc, ${size}`,
    'the journal itself',
    sizeOf(clone) / MB,
    sizeOf(join(clone, 'messages')) / MB,
    'MB',
    '≤ 3',
  );
}
