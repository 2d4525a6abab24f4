import type { Trouble } from '../domain/repository.ts';
import { protocolOf } from './address.ts';
import type { RunResult } from './run.ts';
import { TROUBLE_RULES, TRY_AGAIN, type TroubleText } from './trouble-rules.ts';
import { cleanLine, type Spoken, wordsOf } from './words.ts';

/**
 * What went wrong with a remote, according to git's messages: the first rule that matches, or the message itself if
 * none does.
 */
export function troubleOf(result: Pick<RunResult, 'stderr' | 'timedOut'>, spoken: Spoken): Trouble {
  const { stderr } = result;
  if (result.timedOut) {
    return {
      status: 'offline',
      detail: 'The remote took too long to answer.',
      action: `Push again later. ${TRY_AGAIN}`,
    };
  }
  const words = wordsOf(stderr, spoken);
  const protocol = protocolOf(spoken.url);
  const rule = TROUBLE_RULES.find((one) => {
    if (one.of && !one.of.includes(protocol)) return false;
    const { by = 'own' } = one;
    return (by !== 'remote' && one.words.test(words.own)) || (by !== 'own' && one.words.test(words.remote));
  });
  const said = saidBy(stderr);
  if (!rule) {
    return {
      status: 'failed',
      detail: `git failed: ${said || 'it said nothing'}`,
      action: `Nothing is lost here. Push again. ${TRY_AGAIN}`,
    };
  }
  const told = (text: TroubleText): string => (typeof text === 'string' ? text : text(spoken, stderr));
  const quote = rule.unquoted || said === '' ? '' : ` (${said})`;
  return { status: rule.status, detail: `${told(rule.detail)}${quote}`, action: told(rule.action) };
}

/** The lines that say what went wrong, without progress, control characters, credentials and git's usual additions. */
function saidBy(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map(cleanLine)
    .filter((line) => /^(fatal|error|remote|ssh|!|\S{1,255}@\S{1,255}: )/i.test(line));
  const telling = lines.filter(
    (line) => !/^fatal: Could not read from remote repository|ssh-keygen/i.test(line),
  );
  return (telling.length > 0 ? telling : lines).slice(0, 3).join(' ').slice(0, 500);
}
