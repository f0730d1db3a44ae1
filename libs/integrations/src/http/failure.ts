import type { ProviderName } from '../listing-provider';
import {
  ProviderError,
  providerLabel,
  type ProviderErrorDetails,
  type ProviderErrorKind,
} from '../provider-error';
import { UnreadableBodyError } from './read-body';

/** The caller ended the call: no fault of the provider's, so the breaker does not count it. */
export class CancelledCallError extends ProviderError {}

const ATTEMPT_TIMEOUTS = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);
const BAD_BODIES = /^(?:UND_ERR_RES_EXCEEDED_MAX_SIZE|HPE_|Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/;

/** What a status code means when the provider says nothing more precise. */
export function kindOfStatus(status: number): ProviderErrorKind {
  if (status >= 500 || status === 408) return 'transient';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'credential';
  if (status === 404 || status === 410) return 'gone';
  return status >= 400 ? 'invalid_request' : 'bad_response';
}

/** Whether an answer is a page for people: providers answer with data, the network in front of them does not. */
export const isPage = (text: string): boolean => text.trimStart().startsWith('<');

/** A page that refuses us says nothing of credentials or private data: what stands in front of the provider wants a rest. */
export function kindOfPage(status: number): ProviderErrorKind {
  return status === 401 || status === 403 ? 'throttled' : kindOfStatus(status);
}

/** Turns an exception of the transport into a `ProviderError` whose text is ours. */
export function transportFailure(
  error: unknown,
  provider: ProviderName,
  details: ProviderErrorDetails,
): ProviderError {
  const label = providerLabel(provider);
  const withCause = { ...details, cause: error };
  if (error instanceof UnreadableBodyError) {
    return new ProviderError('bad_response', `${label} unreadable response: ${error.message}`, withCause);
  }
  const code = codeOf(error);
  if (ATTEMPT_TIMEOUTS.has(code))
    return new ProviderError('timeout', `${label} did not answer in time`, withCause);
  if (BAD_BODIES.test(code)) {
    const what = code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'answer too large' : 'damaged answer';
    return new ProviderError('bad_response', `${label} unreadable response: ${what}`, withCause);
  }
  return new ProviderError('transient', `${label} network error: ${code}`, withCause);
}

/** The machine-readable code of a network error; undici puts the system's one below its own. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown';
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  if (typeof code === 'string' && /^[A-Z0-9_]{2,50}$/.test(code)) return code;
  return cause === undefined || cause === error ? 'unknown' : codeOf(cause);
}
