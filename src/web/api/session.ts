import { type Answer, call } from './client.ts';

export function openSession(token: string): Promise<Answer<undefined>> {
  return call('POST', '/session', { body: { token } });
}

export function closeSession(): Promise<Answer<undefined>> {
  return call('DELETE', '/session');
}
