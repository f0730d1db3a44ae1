import type { ProviderName } from '../listing-provider';

/** Which providers are to be left alone, and until when. A pause is never shortened, only extended. */
export abstract class ProviderPauses {
  /**
   * @param untilMs instant in milliseconds since the epoch
   * @param reason our own words, at most 200 characters
   */
  abstract pause(provider: ProviderName, untilMs: number, reason: string): Promise<void>;

  /** The end of a pause that is still running; null when the provider may be called. Never throws. */
  abstract pausedUntil(provider: ProviderName): Promise<Date | null>;
}

/** Pauses that only this process knows. */
export class InProcessPauses extends ProviderPauses {
  private readonly ends = new Map<ProviderName, number>();

  constructor(private readonly now: () => number) {
    super();
  }

  override pause(provider: ProviderName, untilMs: number): Promise<void> {
    this.ends.set(provider, Math.max(untilMs, this.ends.get(provider) ?? 0));
    return Promise.resolve();
  }

  override pausedUntil(provider: ProviderName): Promise<Date | null> {
    const end = this.ends.get(provider) ?? 0;
    return Promise.resolve(end > this.now() ? new Date(end) : null);
  }
}
