import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { highlight } from '../../../src/web/reading/highlight.ts';
import { type Node, parseMarkdown } from '../../../src/web/reading/markdown.ts';
import { nastyTexts } from '../../support/texts.ts';

/** A tree as one line: elements in brackets, links with their address. */
function outline(nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      if (node.kind === 'block') return `block(${node.language}|${node.text})`;
      if (node.kind === 'box') return `box(${node.done ? 'x' : ' '}${node.line})`;
      if (node.kind === 'file') return `file(${node.reference}|${node.words})`;
      if (node.kind === 'link') return `link(${node.url}|${outline(node.children)})`;
      return `${node.tag}(${outline(node.children)})`;
    })
    .join('');
}
const read = (text: string) => outline(parseMarkdown(text));

/** All nodes of a tree, the inner ones too. */
const flat = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => [node, ...('children' in node ? flat(node.children) : [])]);

describe('Markdown', () => {
  test.each([
    ['# One\n\n## Two', 'h3(One)h4(Two)'],
    ['a *b* **c** ~~d~~ `e`', 'p(a em(b) strong(c) s(d) code(e))'],
    ['one\ntwo', 'p(onebr()two)'],
    ['- a\n- b\n  1. c', 'ul(li(a)li(bol(li(c))))'],
    ['```ts\nlet a;\n```', 'block(ts|let a;)'],
    ['> said', 'blockquote(p(said))'],
    ['see https://example.org/a.', 'p(see link(https://example.org/a|https://example.org/a).)'],
    ['[x](https://example.org)', 'p(link(https://example.org/|x))'],
    ['| a |\n| - |\n| b |', 'table(thead(tr(th(a)))tbody(tr(td(b))))'],
    ['intro\n\n- [ ] one\n- [x] two', 'p(intro)ul(li(box( 2)one)li(box(x3)two))'],
    ['#tag is no heading', 'p(#tag is no heading)'],
  ])('%j is read as %s', (text, tree) => {
    expect(read(text)).toBe(tree);
  });

  test.each(['[', '![', 'http://a.b/', '//a.b/', '* a\n'])(
    '64 K of %j are read or shown as they are',
    (piece) => {
      const text = piece.repeat(65_536 / piece.length);
      expect(parseMarkdown(text).length).toBeGreaterThan(0);
    },
  );

  test('what would take too long is shown as it is, and what is long and plain is not', () => {
    const addresses = 'http://a.b/'.repeat(5900);
    expect(parseMarkdown(addresses)).toEqual([{ kind: 'block', text: addresses, language: '' }]);
    const words = '**Ann** said: see https://example.org/a_(b) and ann@example.org, *please*!\n'.repeat(800);
    expect(flat(parseMarkdown(words)).filter(({ kind }) => kind === 'link')).toHaveLength(800);
    expect(read('(https://example.org/x) https://a.example/')).toBe(
      'p((link(https://example.org/x|https://example.org/x)) link(https://a.example/|https://a.example/))',
    );
  });

  test('a picture becomes a link, and what runs becomes words', () => {
    expect(read('![cat](http://evil.invalid/t.png)')).toBe('p(link(http://evil.invalid/t.png|cat))');
    expect(read('![cat](data:image/png;base64,xxxx)')).not.toContain('link');
    expect(read('[a](javascript:alert(1))')).toBe('p([a](javascript:alert(1)))');
    expect(read('[a](vbscript:x) <javascript:alert(1)>')).not.toContain('link');
    expect(read('<script>alert(1)</script>')).toBe('p(<script>alert(1)</script>)');
    expect(read('[a](ftp://example.org) [b](/messages)')).toBe('p(a b)');
  });

  test('no text leads anywhere but to a web address, or breaks the reader', () => {
    const check = (text: string) => {
      for (const node of flat(parseMarkdown(text))) {
        if (node.kind === 'link') expect(node.url).toMatch(/^https?:\/\//);
      }
    };
    for (const [, text] of nastyTexts) check(text);
    const words = fc.constantFrom(
      '[',
      '](',
      ')',
      '<',
      '>',
      'javascript:',
      '!',
      'http://a',
      '`',
      '\n',
      '*',
      '- ',
      'x',
    );
    fc.assert(fc.property(fc.array(words, { maxLength: 30 }), (parts) => check(parts.join(''))));
  });
});

describe('code', () => {
  test('is coloured, and joined again it is the code', () => {
    const code = 'const a = "<b> & \'c\'"; // it’s &amp;\nreturn a;';
    const pieces = highlight(code, 'ts');
    expect(pieces.map(({ text }) => text).join('')).toBe(code);
    expect(pieces.filter(({ text }) => text === 'const')).toEqual([{ text: 'const', class: 'hljs-keyword' }]);
  });

  test('stays plain if nothing knows its language, or it is very long', () => {
    expect(highlight('a < b', 'klingon')).toEqual([{ text: 'a < b', class: '' }]);
    const long = 'let a;\n'.repeat(10_000);
    expect(highlight(long, 'js')).toEqual([{ text: long, class: '' }]);
  });

  test('whatever it is, it is what is shown', () => {
    for (const language of ['js', 'html', 'python', 'bash', 'json', 'markdown', 'css', 'sql', 'diff']) {
      for (const [, text] of nastyTexts) {
        expect(
          highlight(text, language)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }
    }
  });
});
