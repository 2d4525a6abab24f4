// A gitpost to be measured: a process of its own, as a person starts it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environment, folder } from './environment.mjs';
import { processorTimeOf } from './processor-time.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, '../../dist/main.js');
const loopDelay = join(here, 'loop-delay.mjs');

/** Starts one on a remote; `name` is its folder, which it keeps for the next start. */
export async function startGitpost(name, remote) {
  const cwd = join(folder, name);
  mkdirSync(cwd, { recursive: true });
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', loopDelay, main], {
    cwd,
    env: {
      ...environment,
      PORT: '0',
      LOG_LEVEL: 'error',
      AUTHOR_NAME: 'Bench',
      AUTHOR_EMAIL: 'bench@example.org',
      ...(remote === undefined ? {} : { REPOSITORY_NAME: remote }),
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let url = '';
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    url = /gitpost is at (\S+)\/\n/.exec(printed)?.[1] ?? '';
    if (url) break;
  }
  if (!url) throw new Error('gitpost ended before it was ready');
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const send = (method, path, body, headers = {}) => sendTo(agent, url, method, path, body, headers);
  return {
    cwd,
    url,
    send,
    /** Milliseconds from the start until a page of messages is right, with so many messages in all. */
    ready: async (messages = 0) => {
      for (;;) {
        const { status } = await send('GET', '/messages?limit=50');
        const [repository] = JSON.parse((await send('GET', '/repositories')).text);
        if (status === 200 && repository.messages >= messages) return performance.now() - began;
        await new Promise((wake) => setTimeout(wake, 50));
      }
    },
    post: (text) => expecting(201, send('POST', '/messages', JSON.stringify({ text }), JSON_BODY)),
    get: (path) => expecting(200, send('GET', path)),
    /** The longest that the event loop was held since this was last asked for, in milliseconds. */
    loopDelay: async () => {
      child.send('delay');
      const [delay] = await once(child, 'message');
      return delay;
    },
    /** Milliseconds of processor time since the start, with all gits. */
    processorTime: () => processorTimeOf(child.pid),
    /** Resident memory in bytes, where the system tells it. */
    memory: () => memoryOf(child.pid),
    stop: async () => {
      agent.destroy();
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

/**
 * Resolves when the commits of all messages are known, the oldest one's too, and nothing looks for them any more: the
 * mirror's state says so a second later.
 */
export async function allCommitsKnown(gitpost, oldest) {
  const state = join(gitpost.cwd, 'data/mirror/state.json');
  for (;;) {
    const [message] = JSON.parse(await gitpost.get(`/messages?limit=1&until=${oldest}`));
    const isKnown = message?.deliveries[0]?.commit;
    if (isKnown && !readFileSync(state, 'utf8').includes('"unattributed":true')) return;
    await new Promise((wake) => setTimeout(wake, 500));
  }
}

/** All bytes below a folder. */
export function sizeOf(path) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function memoryOf(pid) {
  try {
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) * 1024;
  } catch {
    return Number.NaN;
  }
}

async function expecting(status, answer) {
  const { status: actual, text } = await answer;
  if (actual !== status) throw new Error(`it was answered ${actual}: ${text.slice(0, 200)}`);
  return text;
}

async function sendTo(agent, url, method, path, body, headers) {
  try {
    return await sendOnce(agent, url, method, path, body, headers);
  } catch (error) {
    // A connection that was kept and not used for a while may be closed in the very moment. What is asked for here can
    // be asked for twice, but for a message.
    const isTwice = method === 'GET' || path === '/push' || path === '/pull';
    if (!isTwice || error.code !== 'ECONNRESET') throw error;
    return sendOnce(agent, url, method, path, body, headers);
  }
}

function sendOnce(agent, url, method, path, body, headers) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { method, agent, headers: { ...headers, ...length } };
    const sent = request(`${url}${path}`, options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
