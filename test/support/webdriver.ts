import { once } from 'node:events';
import { connect } from 'node:net';

// Two browsers, one set of commands: the W3C's WebDriver, which WebKit's driver takes over HTTP and Firefox takes over
// a socket of its own. Firefox's translator, geckodriver, is not in Debian.

/** Sends one command and returns its result; rejects with the browser's words when it fails. */
export type Send = (command: keyof typeof COMMANDS, parameters?: Parameters) => Promise<unknown>;

type Parameters = Readonly<Record<string, unknown>> & { readonly id?: string };

/** Each command under its name in Firefox, and as a request of the W3C's protocol. */
const COMMANDS = {
  navigate: ['WebDriver:Navigate', 'POST', 'url'],
  find: ['WebDriver:FindElements', 'POST', 'elements'],
  click: ['WebDriver:ElementClick', 'POST', 'element/:id/click'],
  keys: ['WebDriver:ElementSendKeys', 'POST', 'element/:id/value'],
  text: ['WebDriver:GetElementText', 'GET', 'element/:id/text'],
  script: ['WebDriver:ExecuteAsyncScript', 'POST', 'execute/async'],
  screenshot: ['WebDriver:TakeScreenshot', 'GET', 'screenshot'],
  resize: ['WebDriver:SetWindowRect', 'POST', 'window/rect'],
} as const;

/** How long a browser may take for one command; one that hangs never answers. In milliseconds. */
const PATIENCE = 30_000;

/** Begins a session with a driver that speaks the W3C's protocol. */
export async function beginSession(driver: string, capabilities: object): Promise<Send> {
  const ask = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${driver}/session${path}`, {
      method,
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.timeout(PATIENCE),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } };
    if (response.ok) return value;
    throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  };
  const session = (await ask('POST', '', { capabilities: { alwaysMatch: capabilities } })) as {
    sessionId: string;
  };
  return (command, { id = '', ...parameters } = {}) => {
    const [, method, path] = COMMANDS[command];
    return ask(method, `/${session.sessionId}/${path.replace(':id', id)}`, parameters);
  };
}

/** Begins a session with Firefox itself. It sends and takes JSON, each time with its length before it. */
export async function beginMarionette(port: number): Promise<Send> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  type Settle = (answer: readonly [unknown, { message: string } | null, unknown]) => void;
  const asked = new Map<number, Settle>();
  let seen = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    seen = Buffer.concat([seen, chunk]);
    for (;;) {
      const colon = seen.indexOf(':');
      const end = colon + 1 + Number(seen.subarray(0, colon));
      if (colon < 0 || seen.length < end) return;
      const answer: unknown = JSON.parse(seen.subarray(colon + 1, end).toString());
      seen = seen.subarray(end);
      // The first words are a greeting.
      if (Array.isArray(answer)) asked.get(answer[1])?.([answer[1], answer[2], answer[3]]);
    }
  });
  let last = 0;
  const ask = (name: string, parameters: object) =>
    new Promise<unknown>((resolve, reject) => {
      last += 1;
      const late = setTimeout(() => reject(new Error(`${name}: no answer in ${PATIENCE} ms`)), PATIENCE);
      asked.set(last, ([, error, result]) => {
        clearTimeout(late);
        if (error) reject(new Error(`${name}: ${error.message}`));
        else resolve(isWrapped(result) ? result.value : result);
      });
      const words = JSON.stringify([0, last, name, parameters]);
      socket.write(`${Buffer.byteLength(words)}:${words}`);
    });
  // A browser that ends in the middle of a command is noticed by the command, which never gets its answer.
  socket.on('error', () => socket.destroy());
  await ask('WebDriver:NewSession', {});
  return (command, parameters = {}) => ask(COMMANDS[command][0], parameters);
}

const isWrapped = (result: unknown): result is { value: unknown } =>
  typeof result === 'object' && result !== null && 'value' in result;
