import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { startSmallApp } from '../support/small-app.ts';
import { temporaryFolder } from '../support/tmp.ts';
import { eventually } from '../support/wait.ts';

/** One request over an agent's connection, with the headers of its answer. */
function ask(
  url: string,
  path: string,
  agent: Agent,
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('a connection stays open longer than clients keep it', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const { headers } = await ask(api.url, '/health', agent);
  expect(headers.connection).toBe('keep-alive');
  expect(Number(/timeout=(\d+)/.exec(String(headers['keep-alive']))?.[1])).toBeGreaterThan(120);
});

test('the last answer of a server that ends says that its connection is closed', async () => {
  const { api, close } = await startSmallApp(await temporaryFolder());
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const body = JSON.stringify({ text: 'The last one' });
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    Expect: '100-continue',
  };
  const asked = request(`${api.url}/messages`, { method: 'POST', agent, headers });
  const answer = once(asked, 'response');
  const taken = once(asked, 'continue');
  asked.flushHeaders();
  // The server has the request and waits for its body, while it takes no new connection any more.
  await taken;
  const closing = close();
  await eventually(() =>
    fetch(`${api.url}/health`).then(
      () => false,
      () => true,
    ),
  );
  asked.end(body);
  const [response] = (await answer) as [IncomingMessage];
  response.resume();
  expect([response.statusCode, response.headers.connection]).toEqual([201, 'close']);
  await closing;
});
