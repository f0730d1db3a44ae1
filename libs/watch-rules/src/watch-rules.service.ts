import { Injectable } from '@nestjs/common';
import { EventsService, type NewEvent } from '@waxwatch/events';
import { IdSource } from '@waxwatch/platform/clock';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError, ValidationError } from '@waxwatch/platform/errors';
import { type JsonText, keysetTail, type PageRequest } from '@waxwatch/platform/http';
import type { EntityManager } from 'typeorm';
import { RuleFollowUps } from './rule-follow-ups';
import { InvalidRuleQuery, mergeQuery, type RuleQuery, withEnabledSources } from './rule-query';
import type {
  NewWatchRule,
  RulePollOut,
  WatchRuleChange,
  WatchRuleDetailOut,
  WatchRuleOut,
} from './watch-rules.schema';
import {
  DELETE_RULE,
  GET_RULE,
  GET_RULE_POLLS,
  INSERT_RULE,
  LIST_RULES,
  LOCK_RULE,
  RULE_ROWS,
  UPDATE_RULE,
} from './watch-rules.sql';

/** The rules of a user. What a rule wants polled and held against known listings changes together with it. */
@Injectable()
export class WatchRulesService {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly events: EventsService,
    private readonly followUps: RuleFollowUps,
  ) {}

  /** @throws ValidationError when the rule names a provider that is not enabled here */
  async create(userId: string, input: NewWatchRule): Promise<WatchRuleOut> {
    const query = this.runnable(input.query);
    const { name, isActive, pollIntervalSeconds } = input;
    const { isUrgent = false, baseline = 'best_n', baselineCount = 5 } = input;
    // The work may run again after a commit whose answer was lost: with one id it makes one rule.
    const id = this.ids.next();
    const rule = await this.db.transaction(async (tx) => {
      const values = [
        id,
        userId,
        name,
        JSON.stringify(query),
        isActive,
        pollIntervalSeconds,
        isUrgent,
        baseline,
        baselineCount,
      ];
      const [created] = await rowsIn<WatchRuleOut>(tx, INSERT_RULE, values);
      if (!created) return await this.lock(tx, userId, id);
      await this.events.record(tx, [{ userId, type: 'RULE_CREATED', ruleId: created.id }]);
      await this.followUps.apply(tx, null, created);
      return created;
    });
    await this.ring();
    return rule;
  }

  /**
   * A query as it would be stored: with the sources that it means.
   * @throws ValidationError when it names a provider that is not enabled here
   */
  runnable(query: RuleQuery): RuleQuery {
    return checked(() => withEnabledSources(query, this.followUps.enabledSources()));
  }

  async list(userId: string, page: PageRequest): Promise<JsonText> {
    const params: unknown[] = [userId];
    const tail = keysetTail(page, 'r', params);
    return RULE_ROWS.toPage(await this.db.texts(`${LIST_RULES} ${tail}`, params), page);
  }

  /** @throws AppError 404 */
  async get(userId: string, ruleId: string): Promise<WatchRuleDetailOut> {
    const [rule] = await this.db.rows<WatchRuleOut>(GET_RULE, [userId, ruleId]);
    if (!rule) throw notFound();
    const polls = await this.db.rows<RulePollOut>(GET_RULE_POLLS, [ruleId]);
    const intervals = polls.map((poll) => poll.effective_poll_interval_seconds);
    const longest = intervals.length > 0 ? Math.max(...intervals) : null;
    return { ...rule, effective_poll_interval_seconds: longest, polls };
  }

  /**
   * Changes what `change` states, under the lock of the row. A change that alters nothing leaves no trace.
   * @throws AppError 404, and 400 for a query that could not be run
   */
  async update(userId: string, ruleId: string, change: WatchRuleChange): Promise<WatchRuleOut> {
    const [before, after] = await this.db.transaction(async (tx) => {
      const locked = await this.lock(tx, userId, ruleId);
      const values = this.valuesAfter(locked, change);
      const [updated] = await rowsIn<WatchRuleOut>(tx, UPDATE_RULE, [ruleId, ...values]);
      if (updated) {
        await this.events.record(tx, updateEvents(locked, updated));
        await this.followUps.apply(tx, locked, updated);
      }
      return [locked, updated ?? locked];
    });
    if (after !== before) await this.ring();
    return after;
  }

  /**
   * Removes a rule with its matches; its events stay, without it.
   * @throws AppError 404
   */
  async delete(userId: string, ruleId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const rule = await this.lock(tx, userId, ruleId);
      await this.followUps.drop(tx, rule);
      await rowsIn(tx, DELETE_RULE, [ruleId]);
      const payload = { rule_id: ruleId, rule_name: rule.name };
      await this.events.record(tx, [{ userId, type: 'RULE_DELETED', payload }]);
    });
    await this.events.ring();
  }

  private async lock(tx: EntityManager, userId: string, ruleId: string): Promise<WatchRuleOut> {
    const [rule] = await rowsIn<WatchRuleOut>(tx, LOCK_RULE, [userId, ruleId]);
    if (!rule) throw notFound();
    return rule;
  }

  /** The values of `UPDATE_RULE` after the id. */
  private valuesAfter(rule: WatchRuleOut, change: WatchRuleChange): unknown[] {
    const patch = change.query;
    const query = patch
      ? checked(() => mergeQuery(rule.query, patch, this.followUps.enabledSources()))
      : rule.query;
    return [
      change.name ?? rule.name,
      JSON.stringify(query),
      change.isActive ?? rule.is_active,
      change.pollIntervalSeconds ?? rule.poll_interval_seconds,
      change.isUrgent ?? rule.is_urgent,
      change.baseline ?? rule.baseline,
      change.baselineCount ?? rule.baseline_count,
    ];
  }

  private async ring(): Promise<void> {
    await Promise.all([this.events.ring(), this.followUps.ring()]);
  }
}

const notFound = (): AppError => new AppError('not_found', 'Watch rule not found');

function checked(read: () => RuleQuery): RuleQuery {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidRuleQuery)) throw error;
    throw ValidationError.ofRule(['body', 'query'], error.message);
  }
}

function updateEvents(before: WatchRuleOut, after: WatchRuleOut): NewEvent[] {
  const about = { userId: after.user_id, ruleId: after.id };
  const events: NewEvent[] = [{ ...about, type: 'RULE_UPDATED' }];
  if (before.is_active !== after.is_active) {
    events.push({ ...about, type: after.is_active ? 'RULE_ENABLED' : 'RULE_DISABLED' });
  }
  return events;
}
