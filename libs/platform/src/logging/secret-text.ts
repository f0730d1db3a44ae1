export const REDACTED = '***redacted***';

/** Each pattern below needs one of these, and nearly no text of a log line has any: the log of requests is hot. */
const MAY_HOLD_A_SECRET = /[\s=@]|["'\w]:|eyJ|webhooks\/|services\//;

/** The end of a name whose value is nobody's business, in letters and digits alone. */
const SECRET_NAME =
  /(?:tokens?|secrets?|password|passwd|passphrase|authorization|cookies?|(?:api|private|access|secret|session|local|anon)key|credentials?|emails?|emailaddress|dsn|signature|sessionid|jwt|verifier|webhookurl|p256dh|xauth)$/;

/** The same inside texts, where separators may be anything and the value ends with the word. */
const PAIR =
  /((?:tokens?|secret|password|passwd|passphrase|api[-_]?key|private[-_]?key|access[-_]?key|consumer[-_]?key|signature|session|session[-_]?id|dsn|jwt|verifier|email)\\?["']?\s?[=:]\s?(?:\\?["'])?)(?!\s|["'\\]|\*\*\*)[^\s"'&;,)}\]\\]+/gi;
const HEADER_LINE =
  /((?:^|[^\w-])(?:set-cookie|cookie|authorization)\\?["']?\s?[=:]\s?\[?\s?(?:\\?["'])?)([^\n\r"'\]]+)/gi;
const SCHEME = /\b((?:Bearer|Basic)\s+|Discogs\s+(?:token|key)=)[^\s,"'\\]+/gi;
const PARAMETERS = /\b((?:OAuth|Digest)\s+)\w+=[^\n\r]+/gi;
const QUERY = /([?&](?:key|code|state|sig|auth|apikey)=)[^&\s"'#]+/gi;
const JWT = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g;
const USER_AND_PASSWORD = /(\w:\/\/[^\s:/@]*:)[^\s/]*@/g;
const USER_ALONE = /(\w:\/\/)[^\s:/@*]+@/g;
const E_MAIL = /[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b/gi;
/** Whoever knows such an address may write there: Discord, Slack, Telegram, and what else has a long word in it. */
const DISCORD = /(webhooks\/\d+\/)[\w-]+/g;
const SLACK = /(services\/)T\w+\/B\w+\/\w+/g;
const TELEGRAM = /\bbot\d+:[\w-]+/g;
const ADDRESS = /\bhttps?:\/\/[^\s"'<>]+/gi;
const LONG_WORD =
  /(?<=\/)(?!.{8}-.{4}-.{4}-.{4}-.{12}(?:[/?#]|$))(?=[\w~.-]*\d)(?=[\w~.-]*[a-z])[\w~.-]{20,}/gi;

/** What this very process was given, to be found wherever it turns up. */
const own = { values: new Set<string>(), pattern: null as RegExp | null };
/** Shorter ones would blot out ordinary words, and guard nothing anyway. */
const MIN_OWN_LENGTH = 8;

/** From now on none of `values` gets through `redactText`, in whatever text it is. */
export function keepOutOfTexts(values: readonly string[]): void {
  for (const value of values) {
    if (value.length >= MIN_OWN_LENGTH) own.values.add(value);
  }
  const longestFirst = [...own.values].sort((a, b) => b.length - a.length);
  own.pattern = longestFirst.length === 0 ? null : new RegExp(longestFirst.map(escaped).join('|'), 'g');
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/**
 * The text without credentials, mail addresses and addresses that are keys themselves. What is ours is known letter by
 * letter; anything else by where it stands: after a scheme, behind a name, in front of an @.
 */
export function redactText(text: string): string {
  const foreign = own.pattern && text.length >= MIN_OWN_LENGTH ? text.replace(own.pattern, REDACTED) : text;
  return MAY_HOLD_A_SECRET.test(foreign) ? redactPatterns(foreign) : foreign;
}

function redactPatterns(text: string): string {
  let result = text.replace(SCHEME, `$1${REDACTED}`).replace(PARAMETERS, `$1${REDACTED}`);
  if (result.includes('eyJ')) result = result.replace(JWT, REDACTED);
  result = result.replace(HEADER_LINE, (_, name: string, value: string) => name + redactHeader(value));
  if (result.includes('?') || result.includes('&')) result = result.replace(QUERY, `$1${REDACTED}`);
  result = result.replace(PAIR, `$1${REDACTED}`);
  if (result.includes('/')) result = redactAddresses(result);
  return result.includes('@') ? result.replace(E_MAIL, REDACTED) : result;
}

/** A scheme may stay; the rest of the line is the secret. */
function redactHeader(value: string): string {
  const scheme = /^(?:Bearer|Basic|Digest|OAuth|Discogs)\s+/i.exec(value)?.[0];
  return (scheme ?? '') + REDACTED;
}

function redactAddresses(text: string): string {
  return text
    .replace(USER_AND_PASSWORD, `$1${REDACTED}@`)
    .replace(USER_ALONE, `$1${REDACTED}@`)
    .replace(DISCORD, `$1${REDACTED}`)
    .replace(SLACK, `$1${REDACTED}`)
    .replace(TELEGRAM, `bot${REDACTED}`)
    .replace(ADDRESS, (address) => address.replace(LONG_WORD, REDACTED));
}

const KNOWN_NAMES = new Map<string, boolean>();
const MAX_KNOWN_NAMES = 1000;

/** Whether what is called so is a secret, in whatever spelling: `clientSecret`, `X-API-Key`, `refresh_token`. */
export function isSecretName(name: string): boolean {
  const known = KNOWN_NAMES.get(name);
  if (known !== undefined) return known;
  const isSecret = SECRET_NAME.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (KNOWN_NAMES.size < MAX_KNOWN_NAMES) KNOWN_NAMES.set(name, isSecret);
  return isSecret;
}
