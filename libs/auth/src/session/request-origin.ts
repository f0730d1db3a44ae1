import type { AppConfig } from '@waxwatch/platform/config';
import type { IncomingHttpHeaders } from 'node:http';

/** What tells where a request was made. */
export interface OriginatedRequest {
  readonly method?: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** As the trusted proxies state them. */
  readonly protocol: string;
  readonly host: string;
}

export type RequestOrigin = 'own' | 'foreign' | 'unknown';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether the method promises to change nothing. */
export const isSafe = ({ method }: Pick<OriginatedRequest, 'method'>): boolean =>
  SAFE_METHODS.has(method ?? '');

/** Origins besides the service's own whose pages may act for a signed-in user. */
export function trustedOrigins(
  config: Pick<AppConfig, 'CORS_ALLOWED_ORIGINS' | 'CORS_ALLOW_CREDENTIALS' | 'PUBLIC_BASE_URL'>,
): ReadonlySet<string> {
  const { PUBLIC_BASE_URL: base, CORS_ALLOWED_ORIGINS: listed } = config;
  // Who may call without credentials only, may not act for anybody.
  const allowed = config.CORS_ALLOW_CREDENTIALS ? listed.map((origin) => origin.replace(/\/$/, '')) : [];
  return new Set([...allowed, ...(base === undefined ? [] : [new URL(base).origin])]);
}

/**
 * Whether the page that made a request is ours. Browsers say so in `Sec-Fetch-Site`, and older ones, or those that
 * got the page without TLS, in `Origin`; scripts can set neither. Programs send none of them: unknown.
 */
export function requestOrigin(request: OriginatedRequest, trusted: ReadonlySet<string>): RequestOrigin {
  const { headers, protocol, host } = request;
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return 'own';
  if (origin !== undefined && trusted.has(origin)) return 'own';
  if (site !== undefined) return 'foreign';
  if (origin === undefined) return 'unknown';
  return isSameHost(origin, protocol, host) ? 'own' : 'foreign';
}

/** TLS may end at a proxy that we do not trust to say so; a page without it never acts on one with it. */
const isSameHost = (origin: string, protocol: string, host: string): boolean =>
  origin === `https://${host}` || (protocol === 'http' && origin === `http://${host}`);
