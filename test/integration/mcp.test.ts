import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Api, apiAt, problemOf } from '../support/api.ts';
import { type GitpostProcess, startProcess } from '../support/process.ts';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';

const TOKEN = 'a-token-of-this-test';

let gitpost: GitpostProcess;
let api: Api;

beforeAll(async () => {
  gitpost = await startProcess({
    env: { ACCESS_TOKEN: TOKEN, AUTHOR_NAME: 'Ann', AUTHOR_EMAIL: 'ann@example.org' },
  });
  api = apiAt(gitpost.url, { Authorization: `Bearer ${TOKEN}` });
});
afterAll(() => gitpost.stop());

interface Called {
  readonly isError: boolean;
  readonly text: string;
  readonly value: Record<string, unknown>;
}

/** What these tests need of a client, of whichever generation. */
interface Agent {
  readonly tools: () => Promise<readonly { name: string; inputSchema: unknown }[]>;
  readonly call: (name: string, given?: Record<string, unknown>) => Promise<Called>;
  readonly read: (uri: string) => Promise<string>;
}

const info = { name: 'test', version: '1.0.0' };

interface Result {
  isError?: boolean;
  content?: unknown;
  structuredContent?: unknown;
}

const calledOf = ({ isError = false, content, structuredContent }: Result): Called => {
  const [{ text = '' } = {}] = content as { text?: string }[];
  if (!isError) expect(JSON.parse(text)).toEqual(structuredContent);
  return { isError, text, value: (structuredContent ?? {}) as Record<string, unknown> };
};

async function newAgent(url = gitpost.url, token = TOKEN, mode: 'auto' | 'legacy' = 'auto'): Promise<Agent> {
  const client = new Client(info, { versionNegotiation: { mode } });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  onTestFinished(() => client.close());
  expect(client.getNegotiatedProtocolVersion()).toMatch(mode === 'auto' ? /^2026-07-28$/ : /^2025-/);
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, given = {}) => calledOf((await client.callTool({ name, arguments: given })) as Result),
    read: async (uri) => {
      const { contents } = await client.readResource({ uri });
      return (contents[0] as { text: string }).text;
    },
  };
}

async function oldAgent(): Promise<Agent> {
  const client = new OldClient(info);
  const requestInit = { headers: { Authorization: `Bearer ${TOKEN}` } };
  await client.connect(new OldTransport(new URL(`${gitpost.url}/mcp`), { requestInit }) as never);
  onTestFinished(() => client.close());
  return {
    tools: async () => (await client.listTools()).tools,
    call: async (name, given = {}) => calledOf((await client.callTool({ name, arguments: given })) as Result),
    read: async (uri) => {
      const { contents } = await client.readResource({ uri });
      return (contents[0] as { text: string }).text;
    },
  };
}

describe.each([
  ['of the newest revision', () => newAgent()],
  ['of the new package that calls initialize', () => newAgent(gitpost.url, TOKEN, 'legacy')],
  ['of the generation before', () => oldAgent()],
])('a client %s', (_name, connect) => {
  test('posts, finds, reads, edits and syncs', async () => {
    const agent = await connect();
    const word = `word${Math.random().toString(36).slice(2)}`;
    const posted = await agent.call('post_message', {
      text: `An idea with ${word}`,
      author: 'Robot',
      tags: ['ai'],
    });
    const { id } = posted.value as { id: string };
    expect(await api.message(id)).toMatchObject({ author: 'Robot', tags: ['ai'] });
    const found = await agent.call('search_messages', { q: word });
    expect(found.value).toMatchObject({
      note: expect.stringMatching(/not instructions/),
      messages: [{ id, author: 'Robot', repositories: ['messages'], text: `An idea with ${word}` }],
    });
    await agent.call('edit_message', { id, text: 'A better idea' });
    expect((await agent.call('get_message', { id })).value).toMatchObject({
      message: { id, text: 'A better idea', revision: 2, repositories: [{ repository: 'messages' }] },
    });
    expect((await agent.call('get_message', { id, history: true })).value).toMatchObject({
      revisions: [{ revision: 1 }, { revision: 2, isCurrent: true }],
    });
    expect((await agent.call('list_repositories')).value).toMatchObject({
      repositories: [{ name: 'messages', primary: true, state: 'ready' }],
    });
    expect((await agent.call('sync')).value).toMatchObject({ results: [{ status: 'pushed' }] });
    expect((await agent.call('stats')).value).toMatchObject({ messages: expect.any(Number) });
    expect(JSON.parse(await agent.read(`gitpost://message/${id}`))).toMatchObject({ message: { id } });
    const day = new Date().toISOString().slice(0, 10);
    expect(await agent.read(`gitpost://day/${day}`)).toContain(id);
  });

  test('gets errors in our words', async () => {
    const agent = await connect();
    const cases: [string, Record<string, unknown>, RegExp][] = [
      ['get_message', { id: '0192f0c1-9999-7000-8000-000000000000' }, /message/],
      ['search_messages', { repository: 'nowhere' }, /nowhere/],
      ['search_messages', { since: 'someday' }, /since/],
      ['post_message', { text: '' }, /text/],
      ['post_message', { text: 'x', repositories: ['nowhere'] }, /nowhere/],
      ['sync', { repositories: ['nowhere'] }, /nowhere/],
      ['search_messages', { query: 'x' }, /^Nothing was done: query is not an argument.*: use q\.$/],
      ['search_messages', { text: 'x' }, /text is not an argument.*: it takes q, repository,/],
      ['search_messages', { limit: 500 }, /^Nothing was done: limit must be 50 or less\.$/],
      ['search_messages', { limit: '5' }, /limit must be a/],
      ['search_messages', { cursor: 'x' }, /cursor must be the one of the page before/],
      ['get_message', {}, /id is missing/],
      ['post_message', { text: 'x', type: 'poem' }, /type must be one of text, markdown/],
      ['post_message', { text: 'x', tags: 'a' }, /tags must be a list of strings/],
      ['post_message', { text: 'x', tags: [1] }, /tags must be a list of strings/],
      ['list_repositories', { name: 'x' }, /it takes no arguments/],
    ];
    for (const [name, given, words] of cases) {
      const { isError, text } = await agent.call(name, given);
      expect([name, isError]).toEqual([name, true]);
      expect(text).toMatch(words);
      expect(text).not.toMatch(/\bat \S+ \(|node_modules|Invalid input|Link header/);
    }
    for (const [uri, words] of [
      ['gitpost://day/2026-13-99', /There is no day 2026-13-99/],
      ['gitpost://day/2026-02-30', /There is no day 2026-02-30/],
      ['gitpost://message/0192f0c1-9999-7000-8000-000000000000', /message/],
    ] as const) {
      const error = await agent.read(uri).then(
        () => undefined,
        (reason: Error & { code: number }) => reason,
      );
      expect([uri, error?.code, error?.message]).toEqual([uri, -32602, expect.stringMatching(words)]);
    }
  });
});

describe('tools', () => {
  test('are few, and their schemas are short', async () => {
    const tools = await (await newAgent()).tools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...[
        'search_messages',
        'get_message',
        'post_message',
        'edit_message',
        'list_repositories',
        'sync',
        'stats',
      ],
    ]);
    expect(JSON.stringify(tools).length).toBeLessThan(6000);
  });

  test('make no second message with the same id', async () => {
    const agent = await newAgent();
    const given = { id: '0192f0c1-4444-7000-8000-000000000001', text: 'Once' };
    expect((await agent.call('post_message', given)).value).toMatchObject({ isNew: true });
    expect((await agent.call('post_message', given)).value).toMatchObject({ isNew: false });
    expect(await api.history(given.id)).toHaveLength(1);
    expect(await agent.call('post_message', { ...given, text: 'Other' })).toMatchObject({ isError: true });
  });

  test('save no credential, whatever the agent says', async () => {
    const agent = await newAgent();
    const text = `ghp_${'a1B2'.repeat(9)}`;
    for (const given of [{ text }, { text, confirm: true }]) {
      const refused = await agent.call('post_message', given);
      expect(refused.isError).toBe(true);
      expect(refused.text).not.toMatch(/"confirm"/);
    }
    expect(await api.messages(`?q=${text}`)).toEqual([]);
    const { id } = await api.create({ text: 'Harmless' });
    expect(await agent.call('edit_message', { id, text, confirm: true })).toMatchObject({ isError: true });
    expect(await api.message(id)).toMatchObject({ revision: 1 });
  });

  test('page, and shorten long texts', async () => {
    const agent = await newAgent();
    const long = `${'😀'.repeat(400)} end`;
    for (const text of [long, 'second', 'third']) await api.create({ text, tags: ['paged'] });
    const first = await agent.call('search_messages', { tag: 'paged', limit: 2 });
    expect(first.value).toMatchObject({
      messages: [{ text: 'third' }, { text: 'second' }],
      next: expect.any(String),
    });
    const second = await agent.call('search_messages', { tag: 'paged', limit: 2, cursor: first.value.next });
    expect(second.value).toMatchObject({
      messages: [{ text: '😀'.repeat(300), textIsCut: true, characters: 404 }],
    });
    expect(second.value).not.toHaveProperty('next');
  });

  test('delete only if that is switched on', async () => {
    const { id } = await api.create({ text: 'To stay' });
    const agent = await newAgent();
    const refused = await agent.call('delete_message', { id }).catch((error: Error) => error.message);
    expect(refused).toMatch(/delete_message/);
    expect(await api.message(id)).toMatchObject({ text: 'To stay' });
    const { api: other } = await startSmallApp(await temporaryFolder(), { MCP: 'delete' });
    const allowed = await newAgent(other.url, 'no-token-is-needed');
    const made = await other.create({ text: 'To go' });
    expect((await allowed.call('delete_message', { id: made.id })).value).toEqual({
      id: made.id,
      deleted: true,
    });
    expect((await other.get(`/messages/${made.id}`)).status).toBe(404);
  });
});

describe('POST /mcp', () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const headers = { Accept: 'application/json, text/event-stream' };

  test('answers in JSON, and takes no other method', async () => {
    const answer = await api.send('POST', '/mcp', { json: ping, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.json()).toMatchObject({ id: 1, result: {} });
    expect(answer.headers.get('mcp-session-id')).toBeNull();
    for (const method of ['GET', 'DELETE', 'PUT']) problemOf(await api.send(method, '/mcp'), 405);
  });

  test('has the guards of every call', async () => {
    const stranger = apiAt(gitpost.url);
    problemOf(await stranger.send('POST', '/mcp', { json: ping, headers }), 401);
    problemOf(
      await api.send('POST', '/mcp', { json: ping, headers: { Origin: 'https://evil.example' } }),
      403,
    );
    problemOf(await api.send('POST', '/mcp', { raw: '{}', headers: { 'Content-Type': 'text/plain' } }), 415);
    problemOf(
      await api.send('POST', '/mcp', { raw: '{', headers: { 'Content-Type': 'application/json' } }),
      400,
    );
    problemOf(await api.send('POST', '/mcp', { json: 'x'.repeat(1_100_000) }), 413);
  });

  test('answers nonsense without a stack', async () => {
    for (const json of [
      null,
      1,
      [],
      [ping],
      {},
      { jsonrpc: '2.0' },
      { ...ping, method: 'no/such' },
      { ...ping, params: 7 },
    ]) {
      const answer = await api.send('POST', '/mcp', { json, headers });
      expect([json, answer.status < 500]).toEqual([json, true]);
      expect(answer.text).not.toMatch(/\bat \S+ \(|node_modules|node:/);
    }
    expect((await api.send('POST', '/mcp', { json: ping, headers })).status).toBe(200);
  });

  test('takes no batches, and announces no changes of its lists', async () => {
    const batch = await api.send('POST', '/mcp', { json: [ping], headers });
    expect([batch.status, batch.json()]).toMatchObject([
      400,
      { error: { code: -32600, message: expect.stringMatching(/Batches are not supported/) } },
    ]);
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: info };
    const begun = await api.send('POST', '/mcp', {
      json: { ...ping, method: 'initialize', params },
      headers,
    });
    expect(begun.json()).toMatchObject({
      result: { capabilities: { tools: { listChanged: false }, resources: { listChanged: false } } },
    });
  });

  test('does not exist if MCP is off', async () => {
    const { api: other } = await startSmallApp(await temporaryFolder(), { MCP: 'off' });
    for (const method of ['POST', 'GET', 'DELETE'])
      problemOf(await other.send(method, '/mcp', method === 'POST' ? { json: ping, headers } : {}), 404);
    expect((await other.get('/openapi.json')).text).not.toContain('/mcp');
  });
});
