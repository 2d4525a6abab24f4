import type { Request, Response } from 'express';
import { pathTo } from './public-address.ts';

/** The content of a plain page. */
interface Words {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
}

/** Whether an answer will be shown in a browser window rather than read by a program. */
export function isRead(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  return request.accepts(['application/problem+json', 'application/json', 'text/html']) === 'text/html';
}

/** An error as a page in plain words, with a link to the messages. It needs no script and no style. */
export function plainPage(response: Response, { title, detail, status }: Words): string {
  // With a foreign host name every address is refused, so there is nowhere to link to.
  const way = status === 421 ? '' : `\n<p><a href="${pathTo(response, '/')}">Go to your messages</a></p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} – gitpost</title>
<link rel="icon" href="${pathTo(response, '/favicon.svg')}" type="image/svg+xml">
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(detail)}</p>${way}
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string);
