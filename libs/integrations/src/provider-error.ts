import type { ProviderName } from './listing-provider';

/** Why a provider call failed, in the classes that callers act on. */
export const PROVIDER_ERROR_KINDS = [
  /** Network failure or 5xx: worth another try later. */
  'transient',
  /** The provider asked us to slow down. */
  'throttled',
  /** The provider's daily allowance is used up. */
  'quota',
  /** Our credential, or the user's, was refused. */
  'credential',
  /** The thing asked for no longer exists. */
  'gone',
  /** The provider says that our request is wrong; asking again changes nothing. */
  'invalid_request',
  /** An answer that is no answer: HTML, cut JSON, another shape, a redirect, too large. */
  'bad_response',
  /** Our own call budget has no room; nothing was sent. */
  'budget_exhausted',
  /** No complete answer in time. */
  'timeout',
  /** We are not calling now: breaker open, provider paused, or too many calls waiting. */
  'unavailable',
] as const;
export type ProviderErrorKind = (typeof PROVIDER_ERROR_KINDS)[number];

const LABELS: Record<ProviderName, string> = {
  discogs: 'Discogs',
  ebay: 'eBay',
  musicbrainz: 'MusicBrainz',
  spotify: 'Spotify',
  mock: 'Mock',
};

/** The provider's name as people write it. */
export function providerLabel(provider: ProviderName): string {
  return LABELS[provider];
}

export interface ProviderErrorDetails {
  provider: ProviderName;
  /** Route template such as `/masters/{id}`, never a concrete path. */
  endpoint: string;
  method?: string;
  /** HTTP status of the last attempt; null when there was no answer. */
  status?: number | null;
  /** Wall time of the whole call, retries included. */
  durationMs?: number | null;
  /** How long to leave the provider alone; null when nothing is known. */
  retryAfterMs?: number | null;
  cause?: unknown;
}

/**
 * The one error of every provider call. Decide on `kind`, never on the text. The message is made of our own words,
 * so that it can be shown to users and stored: no secret, no address, nothing the provider wrote.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly provider: ProviderName;
  readonly endpoint: string;
  readonly method: string;
  readonly status: number | null;
  readonly durationMs: number | null;
  readonly retryAfterMs: number | null;

  constructor(
    readonly kind: ProviderErrorKind,
    message: string,
    details: ProviderErrorDetails,
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.provider = details.provider;
    this.endpoint = details.endpoint;
    this.method = details.method ?? 'GET';
    this.status = details.status ?? null;
    this.durationMs = details.durationMs ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }
}

export function isProviderError(error: unknown): error is ProviderError {
  return error instanceof ProviderError;
}
