import { Injectable } from '@nestjs/common';
import type { ProviderName } from '@waxwatch/integrations';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { leasesTakenOver, Metrics } from '@waxwatch/platform/metrics';
import type { PollKind } from './poll-target.entity';
import {
  CLAIM_DUE,
  COUNT_DUE,
  FINISH_POLLED,
  GIVE_BACK,
  NOTE_CATCHING_UP,
  OLDEST_DUE,
  RELEASE_LEASES,
} from './poll-schedule.sql';

/** A target that is ours until the lease ends. */
export interface ClaimedTarget {
  id: string;
  provider: ProviderName;
  kind: PollKind;
  marketplace: string;
  key: string;
  /** Polls in a row that failed before this one. */
  failures: number;
  /** It has never been polled: what is for sale now is not news from the last interval. */
  isFirst: boolean;
  /** When it was polled last, in milliseconds of the epoch; null when never. */
  lastPolledMs: number | null;
  /** Look again at what is known: see `PollTarget`. */
  isCatchingUp: boolean;
  /** Up to which price it was asked the last time; null for any. */
  askedCeiling: number | null;
  /** Somebody subscribes to it; those who did may have been deleted. */
  isWanted: boolean;
  /** How late it is, in seconds. */
  lagSeconds: number;
  leaseToken: string;
}

interface ClaimedRow {
  id: string;
  provider: ProviderName;
  kind: PollKind;
  marketplace: string;
  key: string;
  failures: number;
  is_first: boolean;
  last_polled_ms: number | null;
  is_wanted: boolean;
  is_catching_up: boolean;
  asked_ceiling: number | null;
  lag_seconds: number;
  is_abandoned: boolean;
}

/** Decides who polls what and when; every decision is one statement, so any number of workers may ask. */
@Injectable()
export class PollSchedule {
  private readonly held = new Set<string>();
  private readonly takenOver;

  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.takenOver = leasesTakenOver(metrics);
  }

  /** Takes up to `limit` due targets of a provider, longest waiting first, each for this worker alone. */
  async claim(provider: ProviderName, limit: number): Promise<ClaimedTarget[]> {
    const leaseToken = this.ids.next();
    const rows = await this.db.rows<ClaimedRow>(CLAIM_DUE, [
      provider,
      leaseToken,
      this.config.POLL_LEASE_SECONDS,
      limit,
    ]);
    if (rows.length > 0) this.held.add(leaseToken);
    this.takenOver.inc({ kind: 'poll' }, rows.filter((row) => row.is_abandoned).length);
    return rows.map((row) => ({
      id: row.id,
      provider: row.provider,
      kind: row.kind,
      marketplace: row.marketplace,
      key: row.key,
      failures: row.failures,
      isFirst: row.is_first,
      lastPolledMs: row.last_polled_ms,
      isWanted: row.is_wanted,
      isCatchingUp: row.is_catching_up,
      askedCeiling: row.asked_ceiling,
      lagSeconds: row.lag_seconds,
      leaseToken,
    }));
  }

  /**
   * Plans the next poll of targets that were polled. All must carry the same lease.
   * @param ceiling up to which price they were asked, null for any
   * @returns how many were still ours
   */
  async finish(targets: readonly ClaimedTarget[], ceiling: number | null = null): Promise<number> {
    const [first] = targets;
    if (!first) return 0;
    const values = [
      targets.map((target) => target.id),
      targets.map(() => Math.random() * this.config.SCHEDULER_NEXT_RUN_JITTER_SECONDS),
      first.leaseToken,
      this.config.POLL_LEASE_SECONDS,
      ceiling,
    ];
    // Rules are edited meanwhile, in another order of locks: a deadlock is no failed poll.
    const [row] = await this.db.transaction(
      async (tx) => await rowsIn<{ finished: number }>(tx, FINISH_POLLED, values),
    );
    return row?.finished ?? 0;
  }

  /** Back on the list after `seconds`. With `errorKind` it counts as a failure. */
  async giveBack(target: ClaimedTarget, seconds: number, errorKind: string | null): Promise<void> {
    const jitter = Math.random() * this.config.SCHEDULER_FAILURE_RETRY_JITTER_SECONDS;
    const values = [target.id, target.leaseToken, seconds + jitter, errorKind];
    await this.db.transaction(async (tx) => await rowsIn(tx, GIVE_BACK, values));
  }

  /** A crash from here on must not make the next poll stop at what this one has stored. */
  async noteCatchingUp(target: ClaimedTarget): Promise<void> {
    await this.db.rows(NOTE_CATCHING_UP, [target.id, target.leaseToken]);
  }

  /** The claim is worked off; its lease need not be given back at the end. */
  forget(leaseToken: string): void {
    this.held.delete(leaseToken);
  }

  /** For a worker that stops: others may take at once what it did not get to. */
  async releaseHeld(): Promise<void> {
    if (this.held.size > 0) await this.db.rows(RELEASE_LEASES, [[...this.held]]);
    this.held.clear();
  }

  async countDue(providers: readonly ProviderName[], limit: number): Promise<number> {
    const [row] = await this.db.rows<{ due: number }>(COUNT_DUE, [providers, limit]);
    return row?.due ?? 0;
  }

  async oldestDueSeconds(providers: readonly ProviderName[]): Promise<number> {
    const [row] = await this.db.rows<{ seconds: number | null }>(OLDEST_DUE, [providers]);
    return row?.seconds ?? 0;
  }
}
