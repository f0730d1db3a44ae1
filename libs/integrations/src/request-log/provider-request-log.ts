import type { ProviderName } from '../listing-provider';
import type { ProviderErrorKind } from '../provider-error';

/** One attempt to reach a provider, as it is kept in `provider_requests`. */
export interface ProviderAttempt {
  provider: ProviderName;
  /** Route template such as `/masters/{id}`. */
  endpoint: string;
  method: string;
  /** Null when no answer came. */
  statusCode: number | null;
  durationMs: number;
  /** Our own words for what went wrong, at most 500 characters; null after a success. */
  error: string | null;
  /** The class of the error; null after a success. */
  errorKind: ProviderErrorKind | null;
  meta: Record<string, unknown>;
  /** Whose call it was; null for polls, which serve many users at once. */
  userId: string | null;
  at: Date;
}

/** Where attempts are written down. Recording never fails and never makes the call wait. */
export abstract class ProviderRequestLog {
  abstract record(attempt: ProviderAttempt): void;
}

/** Keeps nothing. */
export class DiscardingRequestLog extends ProviderRequestLog {
  override record(): void {
    // Nothing is kept.
  }
}
