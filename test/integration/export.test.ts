import { expect, test } from 'vitest';
import { type Api, problemOf } from '../support/api.ts';
import { importFile } from '../support/exports/import.ts';
import { hashOf, upload } from '../support/files.ts';
import { startSmallApp } from '../support/small-app.ts';
import { nastyTexts } from '../support/texts.ts';
import { temporaryFolder } from '../support/tmp.ts';

const exported = async (api: Api, query: string): Promise<string> => {
  const answer = await api.get(`/export?${query}`);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="gitpost-[\d-]+\.\w+"$/);
  return answer.text;
};

/** Everything that readers see of a message but where it is. */
const seen = async (api: Api) => {
  const messages = (await api.messages()).map(({ deliveries: _, ...message }) => message);
  const ids = [
    ...new Set(
      (await exported(api, 'revisions=all'))
        .split('\n')
        .filter(Boolean)
        .map((raw) => JSON.parse(raw).id as string),
    ),
  ];
  const histories = await Promise.all(
    ids.map(async (id) => (await api.history(id)).map(({ commits: _, ...revision }) => revision)),
  );
  return { messages, histories };
};

test('all revisions, exported and imported elsewhere, are the same messages and histories', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const ids: string[] = [];
  for (const [, text] of nastyTexts) ids.push((await api.create({ text, author: 'Ünï', confirm: true })).id);
  await api.create({ type: 'link', text: '', url: 'https://example.org/?a=1' });
  await api.create({ type: 'task', text: 'do it', done: true, replyTo: ids[0] });
  await api.create({ type: 'code', text: 'x\n```\ny', language: 'ts' });
  await api.edit(ids[0] as string, { text: 'changed' });
  await api.delete(ids[1] as string);
  await api.delete(ids[2] as string);
  await api.edit(ids[2] as string, { text: 'back again' });
  // Two lines that replace the same one are a conflict.
  const [first = ''] = (await exported(api, 'revisions=all')).split('\n');
  const { id, createdAt } = JSON.parse(first);
  const fork = (text: string) =>
    JSON.stringify({ v: 1, id, revision: 1, author: 'B', type: 'text', text, createdAt, other: [1.0, 'ü'] });
  await importFile(api, '', `${fork('one side')}\n${fork('the other')}\n`);

  const all = await exported(api, 'revisions=all');
  const other = (await startSmallApp(await temporaryFolder())).api;
  await importFile(other, '?confirm=true', all);
  expect(await exported(other, 'format=ndjson&revisions=all')).toBe(all);
  expect(await seen(other)).toEqual(await seen(api));
  expect((await seen(other)).messages.filter(({ conflict }) => conflict)).toHaveLength(1);
});

test('every format holds what was written, and nothing in it works as code', async () => {
  const { api } = await startSmallApp(await temporaryFolder());
  const evil = '=HYPERLINK("http://e.example")\nFrom someone <b>&amp;</b> ]]> \u0007';
  const parent = await api.create({ text: evil, author: '+Ann "A"', createdAt: '2026-11-22T10:00:00.000Z' });
  await api.create({
    text: '**bold** ![](http://e.example/x.png) <script>alert(1)</script>',
    type: 'markdown',
    replyTo: parent.id,
    createdAt: '2026-11-23T10:00:00.000Z',
  });
  await api.create({ text: '#tagged', tags: ['tag', 'tagged'], createdAt: '2026-11-23T11:00:00.000Z' });
  await api.create({ text: 'not this', author: 'Bob', createdAt: '2026-11-24T10:00:00.000Z' });
  const query = 'until=2026-11-24';

  expect(JSON.parse(await exported(api, `format=json&${query}`))).toEqual(await api.messages(`?${query}`));
  expect((await exported(api, `format=ndjson&${query}`)).trim().split('\n')).toHaveLength(3);

  const csv = await exported(api, `format=csv&${query}`);
  expect(csv.split('\r\n')[1]).toMatch(
    /^[0-9a-f-]{36},2026-11-22T10:00:00\.000Z,,"'\+Ann ""A""",text,"'=HYPERLINK/,
  );
  expect(csv).not.toContain('not this');

  const html = await exported(api, `format=html&${query}`);
  expect(html).toContain('<strong>bold</strong>');
  expect(html).not.toMatch(/<script|<img|<b>&|src=/);
  expect(html.indexOf('HYPERLINK')).toBeLessThan(html.indexOf('bold'));

  const markdown = await exported(api, `format=markdown&${query}`);
  expect(markdown).toContain('## 2026-11-22\n\n### 10:00 +Ann');
  expect(markdown).toContain('\\<b\\>');
  expect(markdown).toMatch(/^\\?#tagged\n\n\\?#tag$/m);

  const atom = await exported(api, `format=atom&${query}`);
  expect(atom.match(/<entry>/g)).toHaveLength(3);
  expect(atom).toContain('&lt;b&gt;&amp;amp;&lt;/b&gt; ]]&gt;');
  expect(atom).not.toContain('\u0007');

  const mbox = await exported(api, `format=mbox&${query}`);
  const [first = '', second = ''] = mbox.split(/^From noreply@gitpost\.invalid .*\n/m).slice(1);
  expect(mbox.split(/^From /m)).toHaveLength(4);
  expect(Buffer.from(first.split('\n\n')[1] ?? '', 'base64').toString()).toBe(evil.replace('\n', '\r\n'));
  expect(second).toContain(`In-Reply-To: <${parent.id}@gitpost.invalid>`);
  problemOf(await api.get('/export?format=csv&revisions=all'), 400);

  const bytes = Buffer.from('a plan');
  await upload(api, bytes, '=plan.txt');
  await api.create({
    text: '',
    type: 'link',
    url: 'https://e.example/',
    attachments: [{ sha256: hashOf(bytes) }],
  });
  expect(await exported(api, 'format=csv&q=has:attachment')).toMatch(/,'=plan\.txt\r\n$/);
  for (const format of ['atom', 'markdown', 'html'])
    expect(await exported(api, `format=${format}&q=has:attachment`), format).toMatch(
      /e\.example[\s\S]*=plan\.txt/,
    );

  problemOf(await api.get('/export?format=pdf'), 400);
  problemOf(await api.get('/export?repository=none'), 404);
});
