import { Injectable, Logger } from '@nestjs/common';
import { ExchangeRates } from '@waxwatch/exchange-rates';
import { compileStoredRule, matchRule, type StoredWatch, toMatchable } from '@waxwatch/matching';
import { IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { leasesTakenOver, Metrics } from '@waxwatch/platform/metrics';
import { JobQueue } from '@waxwatch/platform/queue';
import type { EntityManager } from 'typeorm';
import {
  BACKFILL_RULE,
  CLAIM_BACKFILL,
  COUNT_DUE_BACKFILLS,
  FINISH_BACKFILL,
  RECENT_LISTINGS,
  REQUEST_BACKFILL,
  RETRY_BACKFILL,
} from './backfills.sql';
import { BEGIN_BASELINE } from './baselines.sql';
import { backfillRules } from './listings.jobs';
import { ListingChecks } from './listing-checks';
import { type FoundMatch, NewMatches } from './new-matches';
import { OlderTransactionsRunning, waitForOlderTransactions } from './older-transactions';
import { type SeenRow, toProviderListing } from './stored-row';

const LEASE_SECONDS = 60;
const RETRY_SECONDS = 30;
const MAX_ATTEMPTS = 5;

interface ClaimedBackfill {
  rule_id: string;
  attempts: number;
  /** Somebody else had it and did not finish. */
  is_abandoned: boolean;
}

/** Holds new and changed rules against what is already known, so that a copy seen yesterday is not missed. */
@Injectable()
export class Backfills {
  private readonly logger = new Logger('backfill');
  private readonly takenOver;

  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly newMatches: NewMatches,
    private readonly rates: ExchangeRates,
    private readonly checks: ListingChecks,
    private readonly ids: IdSource,
    private readonly lifecycle: Lifecycle,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.takenOver = leasesTakenOver(metrics);
  }

  /** Belongs in the transaction that creates, enables or changes the rule. */
  async request(tx: EntityManager, ruleId: string): Promise<void> {
    await rowsIn(tx, REQUEST_BACKFILL, [ruleId]);
    await rowsIn(tx, BEGIN_BASELINE, [ruleId]);
  }

  /** To be called after the commit. */
  async ring(): Promise<boolean> {
    return await this.jobs.nudge(backfillRules, {});
  }

  async countDue(): Promise<number> {
    const [row] = await this.db.rows<{ due: number }>(COUNT_DUE_BACKFILLS, [MAX_ATTEMPTS]);
    return row?.due ?? 0;
  }

  /**
   * Works through the due backfills, one after another, until the process is on its way out. A failing one is tried
   * again later, five times in all.
   */
  async runDue(): Promise<void> {
    while (!this.lifecycle.isDraining) {
      const token = this.ids.next();
      const [claimed] = await this.db.transaction(
        async (tx) => await rowsIn<ClaimedBackfill>(tx, CLAIM_BACKFILL, [token, LEASE_SECONDS, MAX_ATTEMPTS]),
      );
      if (!claimed) return;
      if (claimed.is_abandoned) this.takenOver.inc({ kind: 'backfill' });
      await this.runClaimed(claimed.rule_id, token, claimed.attempts);
    }
  }

  private async runClaimed(ruleId: string, token: string, attempts: number): Promise<void> {
    try {
      await waitForOlderTransactions(this.db);
      await this.backfill(ruleId);
      await this.db.rows(FINISH_BACKFILL, [ruleId, token]);
    } catch (error) {
      this.logger.error({ event: 'backfill.failed', rule_id: ruleId, attempts, err: error });
      // After five attempts the row stays as it is: parked, and counted by nobody but the operator.
      const uncounted = error instanceof OlderTransactionsRunning ? 1 : 0;
      await this.db.rows(RETRY_BACKFILL, [ruleId, token, RETRY_SECONDS, uncounted]);
    }
  }

  private async backfill(ruleId: string): Promise<void> {
    const [rule] = await this.db.rows<StoredWatch & { user_id: string; name: string }>(BACKFILL_RULE, [
      ruleId,
    ]);
    if (!rule) return;
    const { BACKFILL_DAYS: days, BACKFILL_LIMIT: limit } = this.config;
    const compiled = compileStoredRule(rule);
    const fx = await this.rates.current();
    const rows = await this.db.rows<SeenRow>(RECENT_LISTINGS, [null, days, limit]);
    const found = rows.flatMap((row): FoundMatch[] => {
      const listing = toProviderListing(row);
      const context = matchRule(compiled, toMatchable(listing), fx);
      if (!context) return [];
      const item = { id: row.id, listing, outcome: 'seen' as const, previous: null };
      return [{ ruleId, version: rule.version, ruleName: rule.name, userId: rule.user_id, item, context }];
    });
    await this.checks.lookAgain(
      rows,
      found.map(({ item }) => item.id),
    );
    const origin = {
      context: { reason: 'backfill_recent_listings', days },
      payload: { backfill: true, days },
    };
    const created = await this.db.transaction(
      async (tx) => await this.newMatches.recordFound(tx, found, origin, fx),
    );
    this.logger.log({
      event: 'backfill.completed',
      user_id: rule.user_id,
      rule_id: ruleId,
      days,
      limit,
      created_matches: created,
    });
    if (created > 0) await this.newMatches.ring();
  }
}
