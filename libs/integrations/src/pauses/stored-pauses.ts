import type { ProviderName } from '../listing-provider';
import { ProviderPauses } from './provider-pauses';

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
 * Pauses in PostgreSQL, so that all processes see them and an operator can lift one by deleting its row. While the
 * database is away this process goes by what it knew and by the pauses it has made itself.
 */
export class StoredPauses extends ProviderPauses {
  private known = new Map<ProviderName, number>();
  /** Pauses that the database has not taken yet. */
  private readonly unsaved = new Map<ProviderName, number>();
  private reading: Promise<void> | null = null;
  private readAtMs = Number.NEGATIVE_INFINITY;
  private changes = 0;

  constructor(
    private readonly store: PauseStore,
    private readonly options: StoredPausesOptions,
  ) {
    super();
  }

  override async pause(provider: ProviderName, untilMs: number, reason: string): Promise<void> {
    extend(this.known, provider, untilMs);
    extend(this.unsaved, provider, untilMs);
    try {
      await this.store.rows(PAUSE, [provider, untilMs, reason.slice(0, 200)]);
      this.unsaved.delete(provider);
    } catch (error) {
      this.options.onError(error);
    }
    this.changes++;
  }

  override async pausedUntil(provider: ProviderName): Promise<Date | null> {
    if (this.options.now() - this.readAtMs >= (this.options.readEveryMs ?? 2_000)) {
      this.reading ??= this.read().finally(() => {
        this.reading = null;
      });
      await this.reading;
    }
    const until = Math.max(this.known.get(provider) ?? 0, this.unsaved.get(provider) ?? 0);
    return until > this.options.now() ? new Date(until) : null;
  }

  private async read(): Promise<void> {
    const changesBefore = this.changes;
    try {
      const running = await this.store.rows<{ provider: ProviderName; until_ms: number }>(RUNNING, []);
      // A pause that was stored meanwhile may be missing from this answer; the next one has it.
      const isStale = this.changes !== changesBefore;
      if (!isStale)
        this.known = new Map(running.map(({ provider, until_ms: untilMs }) => [provider, untilMs]));
    } catch (error) {
      this.options.onError(error);
    }
    this.readAtMs = this.options.now();
  }
}

function extend(pauses: Map<ProviderName, number>, provider: ProviderName, untilMs: number): void {
  pauses.set(provider, Math.max(untilMs, pauses.get(provider) ?? 0));
}
