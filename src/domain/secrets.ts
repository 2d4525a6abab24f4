/** A kind of credential, recognised by the format its issuer uses, so ordinary chat is hardly ever mistaken for one. */
interface Pattern {
  readonly name: string;
  readonly form: RegExp;
}

/** The pattern only matches at the start of a word, so part of a longer word is not taken for a key. */
const key = (name: string, form: string): Pattern => ({ name, form: new RegExp(`(?<![\\w-])(?:${form})`) });

const ISSUED: readonly Pattern[] = [
  key('a GitHub token', 'gh[pousr]_[A-Za-z0-9]{36,255}\\b|github_pat_[A-Za-z0-9_]{60,255}\\b'),
  key('a GitLab token', 'gl(?:pat|ptt|dt|rt|cbt|soat|agent|oas|imt|ft)-[A-Za-z0-9_-]{20,}\\b'),
  key('an AWS access key', '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b'),
  key('a Google API key', 'AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])'),
  key('a Google OAuth secret', 'GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])'),
  key('a Google OAuth token', 'ya29\\.[A-Za-z0-9_-]{40,}'),
  key('a Slack token', 'xox[abeoprs]-[A-Za-z0-9-]{20,}\\b|xapp-\\d-[A-Za-z0-9-]{40,}\\b'),
  key('a Stripe key', '[rs]k_(?:live|test)_[A-Za-z0-9]{16,}\\b|whsec_[A-Za-z0-9]{32,}\\b'),
  key('an npm token', 'npm_[A-Za-z0-9]{36}\\b'),
  key('a PyPI token', 'pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZ)[A-Za-z0-9_-]{50,}'),
  key('a RubyGems token', 'rubygems_[0-9a-f]{48}\\b'),
  key('a Docker token', 'dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,}'),
  key('an Anthropic key', 'sk-ant-[a-z0-9]+-[A-Za-z0-9_-]{32,}'),
  key(
    'an OpenAI key',
    'sk-(?:proj-|svcacct-|admin-)[A-Za-z0-9_-]{40,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}\\b',
  ),
  // Many providers of AI models use this format. The digit distinguishes a key from a name with dashes.
  key('an API key', 'sk-(?:or-v1-)?(?![A-Za-z0-9]{20}T3BlbkFJ)(?=[A-Za-z]{0,40}\\d)[A-Za-z0-9]{32,}\\b'),
  key('a Hugging Face token', 'hf_[A-Za-z0-9]{34,}\\b'),
  key('a SendGrid key', 'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}'),
  key('a Mailgun key', 'key-[0-9a-f]{32}\\b'),
  key('a Twilio key', 'SK[0-9a-f]{32}\\b'),
  key('a Telegram bot token', '\\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])'),
  key(
    'a Discord bot token',
    '[MNO][A-Za-z\\d_-]{23,25}\\.[A-Za-z\\d_-]{6}\\.[A-Za-z\\d_-]{27,38}(?![\\w.-])',
  ),
  key('a DigitalOcean token', 'do[opr]_v1_[0-9a-f]{64}\\b'),
  key('a Shopify token', 'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\\b'),
  key('an Atlassian token', 'ATATT3[A-Za-z0-9_=-]{180,}'),
  key('a HashiCorp Vault token', 'hv[sbr]\\.[A-Za-z0-9_-]{24,}'),
  key('a Grafana token', 'glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\\b'),
  key('a Linear key', 'lin_api_[A-Za-z0-9]{40}\\b'),
  key('a Notion token', 'ntn_[A-Za-z0-9]{40,}\\b'),
  key('an Azure client secret', '[A-Za-z0-9_~.]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}(?![\\w~.-])'),
  key('an age secret key', 'AGE-SECRET-KEY-1[0-9A-Z]{58}\\b'),
  key('a signed web token', 'eyJ[A-Za-z0-9_-]{10,}\\.eyJ[A-Za-z0-9_-]{10,}\\.[A-Za-z0-9_-]{20,}'),
];

/** Credentials recognised by the words around them. */
const DESCRIBED: readonly Pattern[] = [
  {
    name: 'a private key',
    form: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-\d:|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/m,
  },
  {
    name: 'a Google service account key',
    form: /"private_key_id"\s{0,5}:\s{0,5}"[0-9a-f]{40}"/,
  },
  {
    name: 'an AWS secret key',
    form: /aws.{0,20}(?:secret|key).{0,20}?[\s=:"'>]{1,8}(?=[A-Za-z0-9/+]{0,39}\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/i,
  },
  {
    name: 'an Azure access key',
    form: /(?:Account|SharedAccess)Key=[A-Za-z0-9+/]{40,90}={1,2}/,
  },
  {
    name: 'a Slack webhook',
    form: /https:\/\/hooks\.slack\.com\/(?:services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]{20,}|(?:workflows|triggers)\/[A-Za-z0-9/]{30,})/,
  },
  {
    name: 'a Discord webhook',
    form: /https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/webhooks\/\d{16,20}\/[\w-]{60,}/,
  },
  {
    name: 'an Authorization header',
    form: /\bAuthorization["']?:\s{0,5}["']?(?:Basic\s{1,5}[A-Za-z0-9+/]{16,}={0,2}|(?:Bearer|token)\s{1,5}(?=[\w.~+/-]{0,60}\d)[\w.~+/-]{24,}=*)/i,
  },
  {
    name: 'a URL with a password',
    // Not the placeholders that instructions use in this place.
    form: /(?<![\w+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!(?:pass|pwd|password|passwd|passphrase|secret|token|x{3,})@)[^\s/@${}<>*`'"]{4,}@[\w.[-]/i,
  },
  {
    name: 'a password',
    // It must have letters and digits, as few words and variables do, and must not be something that a program calls
    // or looks up. The lengths are limited, since a character that may be in a password may also start the next
    // match.
    form: /(?<![A-Za-z])(?:password|passwd|passphrase|pwd)["']?\s{0,5}[:=]\s{0,5}(["']?)(?=[^\s"']{0,40}[A-Za-z])(?=[^\s"']{0,40}\d)[^\s"'()[\]{}<>$.,;`]{8,255}(?:\1)(?=[\s"',;]|$)/i,
  },
  {
    name: 'a secret key',
    form: /(?<![A-Za-z])(?:api[_-]?key|secret[_-]?key|client[_-]?secret|(?:access|auth|api|secret)[_-]?token)["']?\s{0,5}[:=]\s{0,5}["']?(?=[A-Za-z+/_-]{0,40}\d)(?=[\d+/_-]{0,40}[A-Za-z])[A-Za-z0-9+/_-]{20,}={0,2}(?=[\s"',;]|$)/i,
  },
];

const PATTERNS = [...ISSUED, ...DESCRIBED];

/**
 * The kinds of credentials that a text seems to contain, which should not be in a history that cannot be changed.
 * Only their names are returned, never the credentials themselves. Empty for most texts. Checking the longest text
 * takes milliseconds.
 */
export const secretsIn = (text: string): string[] => {
  const seen = PATTERNS.filter(({ form }) => form.test(text)).map(({ name }) => name);
  // The words around a key of a known format add nothing to the format.
  const isGeneral = (name: string) => name === 'a secret key' || name === 'an Authorization header';
  return seen.some((name) => !isGeneral(name)) ? seen.filter((name) => !isGeneral(name)) : seen;
};

/**
 * A text in which everything that looks like a credential is replaced by the name of its kind. If something cannot be
 * cut out cleanly, the whole text is replaced.
 */
export function withoutSecrets(text: string): string {
  let cut = text;
  for (const { name, form } of PATTERNS) {
    if (name === 'a private key') cut = cut.replace(PRIVATE_KEY, `[removed: ${name}]`);
    cut = cut.replace(new RegExp(form.source, `${form.flags}g`), `[removed: ${name}]`);
  }
  return secretsIn(cut).length === 0 ? cut : `[removed: ${secretsIn(text).join(', ')}]`;
}

/** A complete private key, or whatever there is of one without an end. */
const PRIVATE_KEY =
  /(?:-----BEGIN |---- BEGIN SSH2 |PuTTY-User-Key-File-)[\s\S]*?(?:-----END [A-Z0-9 ]*-----|---- END SSH2 [A-Z ]*----|Private-MAC:.*|$(?![\s\S]))/g;
