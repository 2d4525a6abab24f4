import { describe, expect, test } from 'vitest';
import { startGithubApi } from '../../support/github-api.ts';
import { misfits, requestMisfits } from '../../support/github-description.ts';
import { repositoryObject, userObject } from '../../support/github-objects.ts';

const url = 'http://127.0.0.1:1';

describe('the imitation of GitHub', () => {
  test('answers each call as GitHub describes it', async () => {
    const api = await startGithubApi({
      token: 'right',
      organisations: ['team'],
      repositories: [{ fullName: 'ann/notes', branches: [{ name: 'main', protected: true }] }],
    });
    const calls: Array<[string, string, number, object?]> = [
      ['GET', '/user', 200],
      ['GET', '/user/repos', 200],
      ['GET', '/repos/ann/notes', 200],
      ['GET', '/repos/ann/notes/branches', 200],
      ['GET', '/repos/ann/none', 404],
      ['POST', '/user/repos', 201, { name: 'more', private: true }],
      ['POST', '/user/repos', 422, { name: 'more' }],
      ['POST', '/orgs/team/repos', 201, { name: 'ours' }],
    ];
    const headers = { authorization: 'Bearer right', 'user-agent': 'test' };
    for (const [method, path, status, body] of calls) {
      const json = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await fetch(`${api.url}${path}`, { method, headers, ...json });
      expect(answer.status, `${method} ${path}`).toBe(status);
      expect(misfits(method, path, status, await answer.json())).toEqual([]);
    }
    const stranger = await fetch(`${api.url}/user`, { headers: { authorization: 'Bearer wrong' } });
    expect(stranger.status).toBe(401);
    expect(misfits('GET', '/user', 401, await stranger.json())).toEqual([]);
  });

  test('would be caught otherwise', () => {
    const repository = repositoryObject(url, { fullName: 'ann/notes' }, true);
    const { default_branch: _left, ...less } = repository;
    expect(misfits('GET', '/repos/ann/notes', 200, repository)).toEqual([]);
    expect(misfits('GET', '/repos/ann/notes', 200, less).join()).toContain('default_branch');
    expect(misfits('GET', '/repos/ann/notes', 200, { ...repository, private: 'no' })).toHaveLength(1);
    expect(misfits('GET', '/user', 200, { ...userObject(url, 'ann'), login: 1 })).not.toEqual([]);
    expect(misfits('GET', '/user', 418, {})).not.toEqual([]);
    expect(misfits('GET', '/elsewhere', 200, {})).not.toEqual([]);
    expect(requestMisfits('POST', '/user/repos', { private: true }).join()).toContain('name');
  });
});
