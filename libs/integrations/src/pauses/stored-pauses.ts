import type { ProviderName } from '../listing-provider';
import { InProcessPauses, ProviderPauses } from './provider-pauses';

/** The database calls that pauses need. */
export interface PauseStore {
  rows<T>(sql: string, params: readonly unknown[]): Promise<T[]>;
}

export interface StoredPausesOptions {
  now: () => number;
  /** A pause that could not be stored or read; the calls go on. */
  onError: (error: unknown) => void;
  /** How long an answer of the database holds. */
  readEveryMs?: number;
}

const PAUSE = `
  INSERT INTO provider_pauses (provider, paused_until, reason, updated_at)
  VALUES ($1, to_timestamp($2::double precision / 1000), $3, now())
  ON CONFLICT (provider) DO UPDATE
    SET paused_until = EXCLUDED.paused_until, reason = EXCLUDED.reason, updated_at = now()
    WHERE provider_pauses.paused_until < EXCLUDED.paused_until`;

const RUNNING = `
  SELECT provider, (extract(epoch FROM paused_until) * 1000)::double precision AS until_ms
  FROM provider_pauses WHERE paused_until > now()`;

/**
 * Pauses in PostgreSQL, so that all processes see them. This process also remembers its own, and goes by those alone
 * while the database is away.
 */
export class StoredPauses extends ProviderPauses {
  private readonly own: InProcessPauses;
  private reading: Promise<void> | null = null;
  private readAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: PauseStore,
    private readonly options: StoredPausesOptions,
  ) {
    super();
    this.own = new InProcessPauses(options.now);
  }

  override async pause(provider: ProviderName, untilMs: number, reason: string): Promise<void> {
    await this.own.pause(provider, untilMs);
    try {
      await this.store.rows(PAUSE, [provider, untilMs, reason.slice(0, 200)]);
    } catch (error) {
      this.options.onError(error);
    }
  }

  override async pausedUntil(provider: ProviderName): Promise<Date | null> {
    if (this.options.now() - this.readAtMs >= (this.options.readEveryMs ?? 2_000)) {
      this.reading ??= this.read().finally(() => {
        this.reading = null;
      });
      await this.reading;
    }
    return await this.own.pausedUntil(provider);
  }

  private async read(): Promise<void> {
    try {
      const running = await this.store.rows<{ provider: ProviderName; until_ms: number }>(RUNNING, []);
      for (const { provider, until_ms: untilMs } of running) await this.own.pause(provider, untilMs);
    } catch (error) {
      this.options.onError(error);
    }
    this.readAtMs = this.options.now();
  }
}
