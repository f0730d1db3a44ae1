import type { ProviderMetrics } from '../provider-metrics';
import { ProviderRequestLog, type ProviderAttempt } from './provider-request-log';

/** The database calls that the log needs. */
export interface RequestStore {
  rows<T>(sql: string, params: readonly unknown[]): Promise<T[]>;
}

export interface StoredRequestLogOptions {
  metrics: ProviderMetrics;
  /** Who owns the attempts of nobody in particular. */
  systemUserId: string;
  nextId: () => string;
  /** Rows that could not be written. */
  onError: (error: unknown, lostCount: number) => void;
  /** Rows wait this long for company. */
  flushAfterMs?: number;
  /** Rows that wait while the database is away; the oldest go first. */
  maxWaiting?: number;
}

const MAX_BATCH = 200;
const RETRY_AFTER_MS = 2_000;

const INSERT = `
  INSERT INTO provider_requests
    (id, user_id, provider, endpoint, method, status_code, duration_ms, error, meta, created_at)
  SELECT r.id, r.user_id, r.provider, r.endpoint, r.method, r.status_code, r.duration_ms, r.error, r.meta, r.created_at
  FROM jsonb_to_recordset($1::jsonb) AS r(
    id uuid, user_id uuid, provider provider_enum, endpoint varchar, method varchar,
    status_code int, duration_ms int, error text, meta jsonb, created_at timestamptz)
  JOIN users u ON u.id = r.user_id
  ON CONFLICT (id) DO NOTHING`;

/**
 * Writes attempts to `provider_requests` in batches, on connections of its own: a work transaction that is rolled
 * back takes none of them along. Nothing here ever fails a call. Attempts of users who are gone are left out.
 */
export class StoredRequestLog extends ProviderRequestLog {
  private readonly waiting: Record<string, unknown>[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: RequestStore,
    private readonly options: StoredRequestLogOptions,
  ) {
    super();
  }

  override record(attempt: ProviderAttempt): void {
    this.options.metrics.attempt(attempt.provider, attempt.statusCode, attempt.errorKind);
    this.waiting.push(toRow(attempt, this.options));
    this.dropOldest();
    this.schedule(this.waiting.length >= MAX_BATCH ? 0 : (this.options.flushAfterMs ?? 200));
  }

  /** Writes what waits now. Never throws. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.writeAll());
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MAX_BATCH);
      try {
        await this.store.rows(INSERT, [JSON.stringify(batch)]);
      } catch (error) {
        if (isRefusedData(error)) await this.writeSingly(batch);
        else {
          this.keepForLater(batch, error);
          return;
        }
      }
    }
  }

  /** One bad row must not take the others along. */
  private async writeSingly(batch: Record<string, unknown>[]): Promise<void> {
    for (const row of batch) {
      try {
        await this.store.rows(INSERT, [JSON.stringify([row])]);
      } catch (error) {
        this.lose(1, error);
      }
    }
  }

  private keepForLater(batch: Record<string, unknown>[], error: unknown): void {
    this.options.onError(error, 0);
    this.waiting.unshift(...batch);
    this.dropOldest();
    this.schedule(RETRY_AFTER_MS);
  }

  private dropOldest(): void {
    const excess = this.waiting.length - (this.options.maxWaiting ?? 5_000);
    if (excess <= 0) return;
    this.waiting.splice(0, excess);
    this.lose(excess, new Error('too many provider requests wait to be written'));
  }

  private lose(count: number, error: unknown): void {
    this.options.metrics.lostRequestRows(count);
    this.options.onError(error, count);
  }

  private schedule(afterMs: number): void {
    this.timer ??= setTimeout(() => void this.flush(), afterMs).unref();
  }
}

function toRow(attempt: ProviderAttempt, options: StoredRequestLogOptions): Record<string, unknown> {
  return {
    id: options.nextId(),
    user_id: attempt.userId ?? options.systemUserId,
    provider: attempt.provider,
    endpoint: attempt.endpoint.slice(0, 200),
    method: attempt.method.slice(0, 10),
    status_code: attempt.statusCode,
    duration_ms: attempt.durationMs,
    error: attempt.error?.slice(0, 500) ?? null,
    meta: attempt.errorKind === null ? attempt.meta : { ...attempt.meta, error_kind: attempt.errorKind },
    created_at: attempt.at.toISOString(),
  };
}

/** SQLSTATE classes 22 and 23: the data is wrong or breaks a constraint, so writing it again is of no use. */
function isRefusedData(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^2[23]/.test(code);
}
