/**
 * The members of a JSON object in their original order, each with the text of its value. `JSON.parse` would reorder
 * keys that look like numbers, and round long numbers.
 *
 * @param json the text of an object that is known to be valid
 */
export function topLevelMembers(json: string): [key: string, value: string][] {
  const members: [string, string][] = [];
  let at = skipSpace(json, json.indexOf('{') + 1);
  while (json[at] === '"') {
    const keyEnd = endOfString(json, at);
    const key = JSON.parse(json.slice(at, keyEnd)) as string;
    const start = skipSpace(json, json.indexOf(':', keyEnd) + 1);
    const end = endOfValue(json, start);
    members.push([key, json.slice(start, end).trimEnd()]);
    at = skipSpace(json, end + 1);
  }
  return members;
}

function skipSpace(json: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(json[at] ?? 'end')) at += 1;
  return at;
}

/** The position after a string that starts at `from`. */
function endOfString(json: string, from: number): number {
  let at = from + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** The position of the comma or brace that ends a value. */
function endOfValue(json: string, from: number): number {
  let depth = 0;
  let at = from;
  for (;;) {
    const character = json[at];
    if (depth === 0 && (character === ',' || character === '}')) return at;
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    at = character === '"' ? endOfString(json, at) : at + 1;
  }
}
