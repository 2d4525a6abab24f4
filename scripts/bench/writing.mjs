// One message, many writers, a bulk: each against what people would use instead, with the same core.fsync.
import { join } from 'node:path';
import { folder, quick } from './environment.mjs';
import { startGitpost } from './gitpost.mjs';
import { inTurns, median, timed } from './measure.mjs';
import { commitByGit, commitByIsomorphicGit, commitBySimpleGit, gitIn, prepareClone } from './plain-git.mjs';
import { childrenTime } from './processor-time.mjs';
import { random, textOf } from './text.mjs';

const [ROUNDS, MANY_FILES, WRITERS, BURST, LOOP, BULK, PERSON] = quick
  ? [50, 4000, 64, 2000, 50, 5000, 20]
  : [300, 4000, 64, 12_000, 300, 100_000, 60];
/** Milliseconds between two messages of somebody who writes short ones. */
const BETWEEN = 300;

export async function writingRows() {
  const gitpost = await startGitpost('writing');
  try {
    return [
      await alone(gitpost, 'in a small archive', prepareClone('small'), 0.6),
      await aloneAmongMany(),
      ...(await asPersonWrites(gitpost)),
      ...(await many(gitpost)),
      await bulk(gitpost),
    ];
  } finally {
    await gitpost.stop();
  }
}

/** Both have the same files: gitpost's clone is one of the other's. */
async function aloneAmongMany() {
  const clone = prepareClone('many', MANY_FILES);
  const remote = join(folder, 'many-files.git');
  gitIn(folder)('clone', '-q', '--bare', clone, remote);
  const gitpost = await startGitpost('many-files', remote);
  try {
    await gitpost.ready();
    return await alone(gitpost, `with ${MANY_FILES.toLocaleString('en')} files in the clone`, clone, 0.3);
  } finally {
    await gitpost.stop();
  }
}

async function alone(gitpost, where, clone, aim) {
  const [texts, commit] = [random(7), commitByGit(clone)];
  const both = await inTurns(
    ROUNDS,
    () => gitpost.post(textOf(texts)),
    () => commit(textOf(texts)),
  );
  return {
    work: `POST alone, ${where}`,
    against: '`git commit -q -- file`',
    ...both,
    unit: 'ms',
    aim: `≤ ${aim}`,
  };
}

/** Both wait as long before each message, so what is done in between does not count, but for its processor time. */
async function asPersonWrites(gitpost) {
  const [texts, commit] = [random(10), commitByGit(prepareClone('person'))];
  const pausing = async (write) => {
    const times = [];
    for (let number = 0; number < PERSON; number += 1) {
      await new Promise((wake) => setTimeout(wake, BETWEEN));
      times.push(await timed(() => write(textOf(texts))));
    }
    return median(times);
  };
  const [before, childrenBefore] = [gitpost.processorTime(), childrenTime()];
  const ours = await pausing(gitpost.post);
  const after = gitpost.processorTime();
  const theirs = await pausing(async (text) => commit(text));
  const work = `POST every ${BETWEEN} ms`;
  const against = '`git commit`, as often';
  return [
    { work, against, ours, theirs, unit: 'ms', aim: '≤ 0.5' },
    {
      work: `${work}, processor time of each`,
      against,
      ours: (after - before) / PERSON,
      theirs: (childrenTime() - childrenBefore) / PERSON,
      unit: 'ms',
      aim: '',
    },
  ];
}

async function many(gitpost) {
  const texts = random(8);
  let sent = 0;
  const writer = async () => {
    while (sent < BURST) {
      sent += 1;
      await gitpost.post(textOf(texts));
    }
  };
  const others = [
    ['`git commit` in a loop', commitByGit(prepareClone('loop')), '≥ 15'],
    ['simple-git, add and commit', commitBySimpleGit(prepareClone('simple')), ''],
    ['isomorphic-git, add and commit, no fsync', commitByIsomorphicGit(prepareClone('isomorphic')), ''],
  ];
  const rates = new Map();
  const processorTimes = { ours: 0, theirs: 0 };
  const half = async (commit) => {
    for (let number = 0; number < LOOP / 2; number += 1) await commit(textOf(texts));
  };
  // Half of each loop before the burst and half after it.
  const before = [];
  for (const [index, [, commit]] of others.entries()) {
    const children = childrenTime();
    before.push(await timed(() => half(commit)));
    if (index === 0) processorTimes.theirs = (childrenTime() - children) / (LOOP / 2);
  }
  await gitpost.loopDelay();
  const processorTime = gitpost.processorTime();
  const burst = await timed(() => Promise.all(Array.from({ length: WRITERS }, writer)));
  processorTimes.ours = (gitpost.processorTime() - processorTime) / BURST;
  const delay = await gitpost.loopDelay();
  for (const [index, [name, commit]] of others.entries()) {
    rates.set(name, (LOOP / (before[index] + (await timed(() => half(commit))))) * 1000);
  }
  const rows = others.map(([against, , aim]) => ({
    work: `${WRITERS} writers, one commit each`,
    against,
    ours: (BURST / burst) * 1000,
    theirs: rates.get(against),
    unit: '/s',
    aim,
    loop: delay,
  }));
  const work = `${WRITERS} writers, processor time a message`;
  return [...rows, { work, against: '`git commit`', ...processorTimes, unit: 'ms', aim: '≤ 0.15' }];
}

async function bulk(gitpost) {
  const texts = random(9);
  const commit = commitByGit(prepareClone('bulk'));
  const PART = 5000;
  const loop = async () => {
    for (let number = 0; number < LOOP / 2; number += 1) await commit(textOf(texts));
  };
  let theirs = await timed(loop);
  await gitpost.loopDelay();
  const ours = await timed(async () => {
    for (let sent = 0; sent < BULK; sent += PART) {
      const lines = Array.from({ length: PART }, () =>
        JSON.stringify({ text: textOf(texts), confirm: true }),
      );
      const { text } = await gitpost.send('POST', '/messages', lines.join('\n'), {
        'content-type': 'application/x-ndjson',
      });
      if (text.split('"status":201').length !== PART + 1) throw new Error('a bulk was not taken as a whole');
    }
  });
  const delay = await gitpost.loopDelay();
  theirs += await timed(loop);
  return {
    work: `bulk of ${BULK.toLocaleString('en')}, one commit each`,
    against: '`git commit` in a loop',
    ours: (BULK / ours) * 1000,
    theirs: (LOOP / theirs) * 1000,
    unit: '/s',
    aim: '≥ 10',
    loop: delay,
  };
}
