/** What fits at one place of a pattern: as often as it must come, and once. */
interface Step {
  readonly sample: string;
  readonly once: string;
}

/** How long each attack is, in characters. What is quadratic takes half a second or more for this. */
export const ATTACK_LENGTH = 32_768;

/** What fits hardly any pattern, so a pattern that has read a long text has to look for another way. */
const ENDS = ['\u0000', '(', '\n!'];

/**
 * Texts that make a pattern work: all that it asks for up to one of its pieces and then that piece again and again, and
 * its beginning again and again, each with an end that does not fit.
 */
export function* attacksOn(source: string): Generator<string> {
  const seen = new Set<string>();
  for (const steps of pathsOf(source)) {
    let head = '';
    for (const { sample, once } of steps) {
      const pumps = [
        ['', once],
        [head, once],
        [head + sample, once],
        ['', head + once],
        ['', head + sample],
      ] as const;
      head += sample;
      for (const [before, pump] of pumps) {
        const key = JSON.stringify([before, pump]);
        if (pump === '' || seen.has(key)) continue;
        seen.add(key);
        const run = pump.repeat(Math.ceil(ATTACK_LENGTH / pump.length)).slice(0, ATTACK_LENGTH);
        for (const end of ENDS) yield before + run + end;
      }
    }
  }
}

const MOST_PATHS = 12;

/** The ways through a pattern, as far as they are told apart by its alternatives. */
function pathsOf(source: string): readonly (readonly Step[])[] {
  let at = 0;

  function alternatives(): Step[][] {
    const all: Step[][] = [];
    for (;;) {
      all.push(...sequence());
      if (source[at] !== '|') return all.slice(0, MOST_PATHS);
      at += 1;
    }
  }

  function sequence(): Step[][] {
    let paths: Step[][] = [[]];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const options = atom();
      const least = quantifier();
      paths = paths
        .flatMap((path) => options.map((option) => [...path, ...option.map((step) => repeated(step, least))]))
        .slice(0, MOST_PATHS);
    }
    return paths;
  }

  function atom(): Step[][] {
    const character = source[at] as string;
    if (character === '(') return group();
    if (character === '[') return [[step(memberOf(classText()))]];
    if (character === '^' || character === '$') {
      at += 1;
      return [[]];
    }
    if (character === '.') {
      at += 1;
      return [[step('a')]];
    }
    if (character === '\\') return [[step(escaped())]];
    at += 1;
    return [[step(character)]];
  }

  function group(): Step[][] {
    const [opening = '('] = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(source.slice(at)) ?? [];
    at += opening.length;
    const inside = alternatives();
    at += 1;
    // What is only looked at is no part of the text.
    return /^\(\?<?[=!]/.test(opening) ? [[]] : inside;
  }

  function classText(): string {
    const from = at;
    at += 1;
    while (source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
    at += 1;
    return source.slice(from, at);
  }

  function escaped(): string {
    const [whole = ''] = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S])/.exec(
      source.slice(at),
    ) as RegExpExecArray;
    at += whole.length;
    if (/^\\[bB0-9]$/.test(whole)) return '';
    return memberOf(whole);
  }

  function quantifier(): number {
    const [whole = '', least] = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(source.slice(at)) ?? [];
    at += whole.length;
    return Math.max(1, Number(least ?? 1));
  }

  return alternatives();
}

const step = (sample: string): Step => ({ sample, once: sample });

const repeated = ({ sample, once }: Step, times: number): Step => ({ sample: sample.repeat(times), once });

/** A character of a class or an escape: one that the other parts of most patterns have as well, when there is one. */
function memberOf(part: string): string {
  const candidates = 'aA1 -_/:.=+"\n\t\r\u0001é#*`~@{}[]()<>|\\!?,;$%&\u0000';
  const pattern = new RegExp(`^(?:${part})$`, 'u');
  const plain = new RegExp(`^(?:${part})$`);
  const fits = (character: string): boolean => pattern.test(character) || plain.test(character);
  return [...candidates].find(fits) ?? (fits('Z') ? 'Z' : 'z');
}
