import type { ListingProvider } from './listing-provider';

/** A provider and, when it cannot be used here, why not. */
export interface ProviderRegistration {
  provider: ListingProvider;
  /** Null when the provider is enabled; otherwise a text for operators and users, without secrets. */
  disabledReason: string | null;
}

export interface ProviderStatus {
  enabled: boolean;
  reason: string | null;
}

/** Why a provider name leads nowhere. The message is safe to show. */
export class ProviderSelectionError extends Error {
  override readonly name = 'ProviderSelectionError';

  constructor(
    readonly reason: 'blank' | 'unknown' | 'disabled',
    message: string,
  ) {
    super(message);
  }
}

/** The providers of this process in their fixed order: discogs, ebay, mock. */
export class ProviderRegistry {
  constructor(private readonly registrations: readonly ProviderRegistration[]) {}

  /** Every known provider, enabled or not. */
  all(): ListingProvider[] {
    return this.registrations.map(({ provider }) => provider);
  }

  enabled(): ListingProvider[] {
    return this.registrations
      .filter(({ disabledReason }) => disabledReason === null)
      .map(({ provider }) => provider);
  }

  /** An enabled provider by name, in any case. Throws `ProviderSelectionError` for a blank, unknown or disabled one. */
  get(name: string): ListingProvider {
    const { provider, disabledReason } = this.find(name);
    if (disabledReason !== null) {
      throw new ProviderSelectionError(
        'disabled',
        `Provider '${provider.name}' is disabled: ${disabledReason}`,
      );
    }
    return provider;
  }

  /** Whether a provider can be used, and why not. Throws `ProviderSelectionError` for a blank or unknown name. */
  status(name: string): ProviderStatus {
    const { disabledReason } = this.find(name);
    return { enabled: disabledReason === null, reason: disabledReason };
  }

  private find(name: string): ProviderRegistration {
    const wanted = name.trim().toLowerCase();
    if (wanted === '') throw new ProviderSelectionError('blank', 'Provider name is required');
    const found = this.registrations.find(({ provider }) => provider.name === wanted);
    if (!found) throw new ProviderSelectionError('unknown', `Unknown provider: ${wanted.slice(0, 50)}`);
    return found;
  }
}

/** The reason text for settings that are missing or blank; null when all are there. */
export function missingConfigReason(settings: Record<string, string | null | undefined>): string | null {
  const missing = Object.keys(settings).filter((name) => !settings[name]?.trim());
  return missing.length > 0 ? `missing required config: ${missing.join(', ')}` : null;
}
