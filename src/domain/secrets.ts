/** A kind of credential by the form that its issuer gives it, so that chat is hardly ever taken for one. */
interface Pattern {
  readonly name: string;
  readonly form: RegExp;
}

const PATTERNS: readonly Pattern[] = [
  { name: 'a private key', form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  {
    name: 'a GitHub token',
    form: /(?<![\w-])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/,
  },
  { name: 'a GitLab token', form: /(?<![\w-])gl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,}\b/ },
  { name: 'an AWS access key', form: /(?<![\w-])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/ },
  { name: 'a Google API key', form: /(?<![\w-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/ },
  { name: 'a Google OAuth secret', form: /(?<![\w-])GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])/ },
  { name: 'a Slack token', form: /(?<![\w-])xox[abeoprs]-[A-Za-z0-9-]{20,}\b/ },
  {
    name: 'a Slack webhook',
    form: /https:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]{20,}/,
  },
  { name: 'a Stripe key', form: /(?<![\w-])[rs]k_(?:live|test)_[A-Za-z0-9]{16,}\b/ },
  { name: 'an npm token', form: /(?<![\w-])npm_[A-Za-z0-9]{36}\b/ },
  { name: 'a PyPI token', form: /(?<![\w-])pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}/ },
  {
    name: 'an OpenAI key',
    form: /(?<![\w-])sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}/,
  },
  { name: 'an Anthropic key', form: /(?<![\w-])sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{80,}/ },
  { name: 'a SendGrid key', form: /(?<![\w-])SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/ },
  { name: 'a Twilio key', form: /(?<![\w-])SK[0-9a-f]{32}\b/ },
  { name: 'a Telegram bot token', form: /(?<![\w-])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/ },
  { name: 'a Hugging Face token', form: /(?<![\w-])hf_[A-Za-z0-9]{34,}\b/ },
  { name: 'a DigitalOcean token', form: /(?<![\w-])do[opr]_v1_[0-9a-f]{64}\b/ },
  {
    name: 'a signed web token',
    form: /(?<![\w-])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}/,
  },
  {
    name: 'a URL with a password',
    // Not the placeholders that instructions have in this place.
    form: /(?<![\w+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:(?!(?:password|passwd|secret|token|x{3,})@)[^\s/@${}<>*`'"]{6,}@[\w.-]+/i,
  },
];

/** What a text seems to hold that should not be in a history that cannot be changed; empty for most. */
export const secretsIn = (text: string): string[] =>
  PATTERNS.filter(({ form }) => form.test(text)).map(({ name }) => name);
