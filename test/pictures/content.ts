const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Draft {
  id?: string;
  author: string;
  text: string;
  type?: string;
  language?: string;
  url?: string;
  done?: boolean;
  replyTo?: string;
  repositories?: readonly string[];
  createdAt: string;
}

const question = '0192f0c1-0000-7000-8000-000000000001';

const plan = `## Saturday at the lake

- [x] boats, until four
- [x] bread, **two** loaves
- [ ] somebody who can make a fire

> Leave by nine, the road is slow in summer.`;

const script = `async function tide(harbour) {
  const { heights } = await readTable(harbour);
  return heights.map(({ at, metres }) => \`\${at}: \${metres} m\`);
}`;

/** A day of a few friends who build a boat, newest last; the number is how many minutes ago each was written. */
const talk: readonly (readonly [number, Omit<Draft, 'createdAt'>])[] = [
  [DAY / MINUTE + 190, { author: 'Mira', text: 'The varnish is dry. She is beautiful. #boat' }],
  [DAY / MINUTE + 180, { author: 'Tom', text: 'Then the launch is on Saturday!' }],
  [150, { id: question, author: 'Mira', text: 'When is high water on Saturday? #launch' }],
  [141, { author: 'Tom', text: 'Let me ask the table.', replyTo: question }],
  [138, { author: 'Tom', type: 'code', language: 'javascript', text: script }],
  [97, { author: 'Ines', type: 'markdown', text: plan, repositories: ['boat', 'family'] }],
  [52, { author: 'Mira', type: 'task', done: true, text: 'Ask the harbour for a berth' }],
  [51, { author: 'Mira', type: 'task', done: false, text: 'Paint her name on the bow' }],
  [12, { author: 'Ines', type: 'link', url: 'https://example.org/knots', text: 'The five knots we need' }],
];

export const drafts = (now: number): Draft[] =>
  talk.map(([minutes, draft]) => ({ ...draft, createdAt: new Date(now - minutes * MINUTE).toISOString() }));

/** A year of short notes before them: more at weekends, and a holiday without any. */
export function notes(now: number): Draft[] {
  const all: Draft[] = [];
  let chance = 7;
  for (let days = 370; days > 2; days -= 1) {
    const noon = new Date(Math.floor(now / DAY) * DAY - days * DAY + DAY / 2);
    const isWeekend = [0, 6].includes(noon.getUTCDay());
    const isAway = days > 130 && days < 152;
    // A small generator of its own, so that the picture is the same each time.
    chance = (chance * 1103515245 + 12345) % 2147483648;
    const many = isAway ? 0 : Math.floor((chance / 2147483648) ** 2 * (isWeekend ? 9 : 4));
    for (let n = 0; n < many; n += 1) {
      all.push({
        author: ['Mira', 'Tom', 'Mira', 'Ines'][(days + n) % 4] as string,
        text: `Log of the day, part ${n + 1}`,
        repositories: [(days + n) % 3 === 0 ? 'family' : 'boat'],
        createdAt: new Date(noon.getTime() + n * 17 * MINUTE).toISOString(),
      });
    }
  }
  return all;
}
