import { expect, test } from 'vitest';
import { markdownOf } from '../../../src/import/html.ts';

test.each([
  ['<p>Hi &amp; bye</p><p>a_b*c</p>', 'text', 'Hi & bye\n\na_b*c'],
  ['one<br>two  \n three', 'text', 'one\ntwo three'],
  ['<p>Hi <b>you </b>and *me*</p>', 'markdown', 'Hi **you** and \\*me\\*'],
  ['<a href="https://e.example/(x)">site</a>', 'markdown', '[site](https://e.example/%28x%29)'],
  ['<a href="javascript:alert(1)">x</a>', 'markdown', 'x'],
  ['<a href="https://matrix.to/#/@ann:example.org">Ann</a>: hi', 'markdown', 'Ann: hi'],
  ['<mx-reply><blockquote>said</blockquote></mx-reply>answer', 'text', 'answer'],
  ['<script>alert(1)</script><style>p{}</style><img src=x onerror=alert(1)>safe', 'text', 'safe'],
  ['<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul>', 'markdown', '- a\n- b\n  1. c'],
  [
    '<pre><code class="language-ts">if (a < b)\n  *c*</code></pre>',
    'markdown',
    '```ts\nif (a < b)\n  *c*\n```',
  ],
  ['use <code>a*b`c</code>', 'markdown', 'use `` a*b`c ``'],
  ['<blockquote><p>one</p><p>two</p></blockquote>three', 'markdown', '> one\n>\n> two\n\nthree'],
  ['<h2>Title</h2>text<hr>end', 'markdown', '## Title\n\ntext\n\n---\n\nend'],
  ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></table>', 'text', 'a | b\n\nc'],
  ['<span style="font-weight: 700; font-style: italic">x</span>', 'markdown', '***x***'],
  ['<del>no</del> <img alt=":smile:" src="mxc://a/b">', 'markdown', '~~no~~ :smile:'],
  ['1. not a list<br># not a title <b>x</b>', 'markdown', '1\\. not a list\n\\# not a title **x**'],
  ['a < b && <unknown>c</unknown>', 'text', 'a < b && c'],
  ['', 'text', ''],
])('%s', (html, type, text) => {
  expect(markdownOf(html)).toEqual({ type, text });
});

test.each([
  ['deep', '<div>'.repeat(100_000)],
  ['deep and closed wrongly', `${'<b>'.repeat(60_000)}${'</i>'.repeat(60_000)}`],
  ['many', '<p>hi</p>'.repeat(60_000)],
  ['one long tag', `<a ${'a=b '.repeat(120_000)}>x</a>`],
  ['lists', '<ul><li>'.repeat(60_000)],
  ['blanks', `<p>${' \n'.repeat(250_000)}</p>`],
  ['brackets', '<'.repeat(500_000)],
  ['quotes', `${'<blockquote>'.repeat(190)}${'x<br>'.repeat(60_000)}`],
])('no markup takes long: %s', (_, html) => {
  const start = process.cpuUsage();
  markdownOf(html);
  const { user } = process.cpuUsage(start);
  expect(user / 1000).toBeLessThan(3000);
});
