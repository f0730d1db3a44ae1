import type { ProviderName } from './listing-provider';
import type { ProviderErrorKind } from './provider-error';

/** Counts what happened to provider calls. All label values are bounded. */
export abstract class ProviderMetrics {
  /** One HTTP attempt; `kind` is null after a success, `status` when no answer came. */
  abstract attempt(provider: ProviderName, status: number | null, kind: ProviderErrorKind | null): void;

  /** The breaker of a provider opened or closed. */
  abstract breaker(provider: ProviderName, isOpen: boolean): void;

  /** Items that a provider sent and we refused. */
  abstract dropped(provider: ProviderName, count: number): void;

  /** Attempts that could not be written to `provider_requests`. */
  abstract lostRequestRows(count: number): void;
}

/** Counts nothing. */
export class NoProviderMetrics extends ProviderMetrics {
  override attempt(): void {
    // Nobody reads it.
  }

  override breaker(): void {
    // Nobody reads it.
  }

  override dropped(): void {
    // Nobody reads it.
  }

  override lostRequestRows(): void {
    // Nobody reads it.
  }
}
