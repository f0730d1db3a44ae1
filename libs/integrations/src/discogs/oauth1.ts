import { createHmac } from 'node:crypto';

export interface OAuthConsumer {
  key: string;
  secret: string;
}

/** A request token or an access token. */
export interface OAuthToken {
  token: string;
  secret: string;
}

export type OAuthSignatureMethod = 'PLAINTEXT' | 'HMAC-SHA1';

export interface OAuthRequest {
  method: string;
  /** Absolute, with its query. PLAINTEXT does not look at it. */
  url: string;
  consumer: OAuthConsumer;
  /** None when a request token is asked for. */
  token: OAuthToken | null;
  /** Unique to the request. */
  nonce: string;
  /** Seconds since the epoch. */
  timestamp: number;
  signatureMethod: OAuthSignatureMethod;
  /** `oauth_callback`, `oauth_verifier` and the like. */
  extra?: Record<string, string>;
}

/** The `Authorization` header of a signed request (RFC 5849, sections 3.4 and 3.5.1). */
export function oauthHeader(request: OAuthRequest): string {
  const parameters = { ...protocolParameters(request), oauth_signature: oauthSignature(request) };
  const pairs = Object.entries(parameters).map(([name, value]) => `${encode(name)}="${encode(value)}"`);
  return `OAuth ${pairs.join(', ')}`;
}

/** The signature before it is percent-encoded for the header. */
export function oauthSignature(request: OAuthRequest): string {
  const key = `${encode(request.consumer.secret)}&${encode(request.token?.secret ?? '')}`;
  if (request.signatureMethod === 'PLAINTEXT') return key;
  return createHmac('sha1', key).update(signatureBaseString(request)).digest('base64');
}

/** What HMAC-SHA1 signs: method, URL without query, and all parameters in order (RFC 5849, section 3.4.1). */
export function signatureBaseString(request: OAuthRequest): string {
  const url = new URL(request.url);
  const parameters = [...url.searchParams, ...Object.entries(protocolParameters(request))]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return [request.method.toUpperCase(), `${url.origin}${url.pathname}`, parameters].map(encode).join('&');
}

function protocolParameters(request: OAuthRequest): Record<string, string> {
  return {
    oauth_consumer_key: request.consumer.key,
    oauth_nonce: request.nonce,
    oauth_signature_method: request.signatureMethod,
    oauth_timestamp: String(request.timestamp),
    ...(request.token ? { oauth_token: request.token.token } : {}),
    oauth_version: '1.0',
    ...request.extra,
  };
}

/** RFC 3986: `encodeURIComponent` leaves five characters alone that OAuth does not. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** By byte value, as the encoded texts are ASCII. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
