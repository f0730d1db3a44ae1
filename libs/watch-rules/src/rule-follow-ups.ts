import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { type ProviderName, ProviderRegistry } from '@waxwatch/integrations';
import { Backfills } from '@waxwatch/listings';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { PollSubscriptions } from '@waxwatch/polling';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { pollQuestions } from './poll-questions';
import type { WatchRuleOut } from './watch-rules.schema';
import { MARKETPLACE_OF_USER } from './watch-rules.sql';

/** What follows from a rule: what is polled for it, and its look at the listings already known. */
@Injectable()
export class RuleFollowUps {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly polls: PollSubscriptions,
    private readonly backfills: Backfills,
    @InjectConfig() private readonly config: Pick<AppConfig, 'EBAY_MARKETPLACE_ID'>,
  ) {}

  /** The providers that a rule may name, in their fixed order. */
  enabledSources(): ProviderName[] {
    return this.providers.enabled().map((provider) => provider.name);
  }

  /** Belongs in the transaction that stores `after`; `before` is null for a new rule. */
  async apply(tx: EntityManager, before: WatchRuleOut | null, after: WatchRuleOut): Promise<void> {
    const isQueryNew = !isDeepStrictEqual(before?.query, after.query);
    const isFlipped = before?.is_active !== after.is_active;
    const isIntervalNew = before?.poll_interval_seconds !== after.poll_interval_seconds;
    if (isQueryNew || isFlipped || isIntervalNew) {
      await this.plan(tx, after, after.is_active ? this.enabledSources() : []);
    }
    if (after.is_active && (isQueryNew || isFlipped)) await this.backfills.request(tx, after.id);
  }

  /** Belongs before the deletion of the rule. */
  async drop(tx: EntityManager, rule: WatchRuleOut): Promise<void> {
    await this.plan(tx, rule, []);
  }

  /** To be called after the commit. */
  async ring(): Promise<void> {
    await this.backfills.ring();
  }

  private async plan(tx: EntityManager, rule: WatchRuleOut, providers: ProviderName[]): Promise<void> {
    const subscriber = { kind: 'rule', id: rule.id, intervalSeconds: rule.poll_interval_seconds } as const;
    const server = this.config.EBAY_MARKETPLACE_ID;
    const [user] = await rowsIn<{ ebay_marketplace_id: string | null }>(tx, MARKETPLACE_OF_USER, [
      rule.user_id,
    ]);
    const homes = { server, user: user?.ebay_marketplace_id ?? server };
    await this.polls.replace(tx, subscriber, pollQuestions(rule.query, providers, homes));
  }
}
