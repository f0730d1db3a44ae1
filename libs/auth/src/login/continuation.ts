import { ValidationError } from '@waxwatch/platform/errors';

/** Where the form wants to go once somebody has signed in, as it says. */
export interface Continuation {
  return_to: string | null;
  handoff: string | null;
  state: string | null;
  nonce: string | null;
  expires_at: string | null;
}

export interface CheckedContinuation {
  redirectTo: string | null;
  /** To be used up by signing in; null without a hand-over. */
  nonce: { value: string; expiresAt: Date } | null;
}

const RETURN_PATHS: ReadonlySet<string> = new Set(['/signup', '/account', '/account/subscription']);
const APP_SCHEMES: ReadonlySet<string> = new Set(['waxwatch:', 'waxwatch-dev:']);
const APP_HOST = /^(?:[a-z0-9-]+\.)*waxwatch\.app$/;
/** Numbers from here on are milliseconds; as seconds they would lie beyond the year 5000. */
const FIRST_MILLISECONDS = 100_000_000_000;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/**
 * Holds the wishes of the form against what we allow: pages of the web app, and a hand-over to the mobile app that
 * is complete and still good. The addresses come back to a browser, so that a foreign one would make us an open
 * redirect.
 * @throws ValidationError for the first wish that cannot be granted
 */
export function checkContinuation(wish: Continuation, now: Date): CheckedContinuation {
  const returnTo = blankToNull(wish.return_to);
  if (returnTo !== null && !isReturnPath(returnTo)) refuse('return_to', 'is not a page to return to');
  const handoff = blankToNull(wish.handoff);
  if (handoff === null) return { redirectTo: returnTo, nonce: null };
  const target = readHandoff(handoff);
  const state = given(wish.state, 'state');
  const nonce = given(wish.nonce, 'nonce');
  const expiry = given(wish.expires_at, 'expires_at');
  const expiresAt = readExpiry(expiry);
  if (expiresAt === null) refuse('expires_at', 'must be an instant');
  if (expiresAt <= now) refuse('expires_at', 'has passed');
  const parameters = { state, nonce, expires_at: expiry, return_to: returnTo, status: 'success' };
  for (const [name, value] of Object.entries(parameters)) {
    if (value === null) target.searchParams.delete(name);
    else target.searchParams.set(name, value);
  }
  return { redirectTo: target.href, nonce: { value: nonce, expiresAt } };
}

function isReturnPath(text: string): boolean {
  const [path = '', ...query] = text.split('?');
  return RETURN_PATHS.has(path) && !/[\s\\#\u0000-\u001f]|\/\//.test(query.join('?'));
}

function readHandoff(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isApp = url !== null && APP_SCHEMES.has(url.protocol);
  const isSite =
    url !== null &&
    url.protocol === 'https:' &&
    APP_HOST.test(url.hostname) &&
    url.port === '' &&
    url.username === '' &&
    url.password === '';
  if (url === null || !(isApp || isSite)) refuse('handoff', 'is not a place to hand over to');
  return url;
}

function given(text: string | null, field: keyof Continuation): string {
  return blankToNull(text) ?? refuse(field, 'is required with handoff');
}

/** An ISO instant, or unix seconds or milliseconds. */
export function readExpiry(text: string): Date | null {
  let ms: number;
  if (/^\d{1,15}(?:\.\d{1,9})?$/.test(text)) {
    const value = Number(text);
    ms = value < FIRST_MILLISECONDS ? value * 1000 : value;
  } else if (INSTANT.test(text)) {
    ms = Date.parse(text);
  } else {
    return null;
  }
  const instant = new Date(ms);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

const blankToNull = (text: string | null): string | null =>
  text === null || text.trim() === '' ? null : text;

function refuse(field: keyof Continuation, reason: string): never {
  throw ValidationError.ofRule(['body', field], `${field} ${reason}`);
}
