import {
  EXAMPLE,
  wireId,
  wireInstant,
  wireInt,
  wireInteger,
  wireTrimmedText,
  wireUuid,
} from '@waxwatch/platform/http';
import { z } from 'zod';
import { BASELINES } from './watch-rule.entity';
import { InvalidRuleQuery, readNewQuery, readQueryPatch, type RuleQuery } from './rule-query';

const queryOf = (read: (raw: RuleQuery) => RuleQuery) => (raw: RuleQuery, context: z.RefinementCtx) => {
  try {
    return read(raw);
  } catch (error) {
    if (!(error instanceof InvalidRuleQuery)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
};

const name = () => wireTrimmedText(1, 120);
const pollInterval = () => wireInt(30, 86_400);
const baseline = () =>
  z
    .enum(BASELINES)
    .describe('Which of the copies that are there already are worth an alert; all of them become matches.');
const baselineCount = () => wireInt(1, 100).describe('How many alerts `best_n` gives: the cheapest ones.');
const isUrgent = () =>
  z.boolean().describe('Alerts of this rule wait for no quiet hours, digest or daily cap.');
const rawQuery = () => z.record(z.string(), z.unknown());

const example = {
  name: 'Rare techno under $40',
  query: { q: 'detroit techno', sources: ['discogs'], max_price: 40 },
  is_active: true,
  poll_interval_seconds: 600,
  is_urgent: false,
  baseline: 'best_n',
  baseline_count: 5,
} as const;

export const RuleId = wireUuid();

export const WatchRuleCreate = z
  .object({
    name: name(),
    query: rawQuery().default({}).transform(queryOf(readNewQuery)),
    is_active: z.boolean().default(true),
    poll_interval_seconds: pollInterval().prefault(600),
    is_urgent: isUrgent().default(false),
    baseline: baseline().default('best_n'),
    baseline_count: baselineCount().prefault(5),
  })
  .meta({ id: 'WatchRuleCreate', example })
  .transform((body) => ({
    name: body.name,
    query: body.query,
    isActive: body.is_active,
    pollIntervalSeconds: body.poll_interval_seconds,
    isUrgent: body.is_urgent,
    baseline: body.baseline,
    baselineCount: body.baseline_count,
  }));

/** What rules have that nobody states. */
type Timing = 'isUrgent' | 'baseline' | 'baselineCount';

/** A rule to be made; its query comes from `readNewQuery`. */
export type NewWatchRule = Omit<z.output<typeof WatchRuleCreate>, Timing> &
  Partial<Pick<z.output<typeof WatchRuleCreate>, Timing>>;

export const WatchRuleUpdate = z
  .object({
    name: name().nullish(),
    query: rawQuery().transform(queryOf(readQueryPatch)).nullish(),
    is_active: z.boolean().nullish(),
    poll_interval_seconds: pollInterval().nullish(),
    is_urgent: isUrgent().nullish(),
    baseline: baseline().nullish(),
    baseline_count: baselineCount().nullish(),
  })
  .meta({ id: 'WatchRuleUpdate', example })
  .transform((body) => ({
    name: body.name ?? undefined,
    query: body.query ?? undefined,
    isActive: body.is_active ?? undefined,
    pollIntervalSeconds: body.poll_interval_seconds ?? undefined,
    isUrgent: body.is_urgent ?? undefined,
    baseline: body.baseline ?? undefined,
    baselineCount: body.baseline_count ?? undefined,
  }));

/** What is to change of a rule; undefined leaves as it is. Its query comes from `readQueryPatch`. */
export type WatchRuleChange = Partial<z.output<typeof WatchRuleUpdate>>;

/** A rule as its row and the wire have it. */
export const WatchRuleOut = z
  .object({
    id: wireId(),
    user_id: wireId(),
    name: z.string(),
    query: z.record(z.string(), z.unknown()),
    is_active: z.boolean(),
    poll_interval_seconds: wireInteger(),
    is_urgent: isUrgent(),
    baseline: baseline(),
    baseline_count: wireInteger().describe('How many alerts `best_n` gives: the cheapest ones.'),
    last_run_at: wireInstant().nullable(),
    next_run_at: wireInstant().nullable(),
    created_at: wireInstant(),
    updated_at: wireInstant(),
  })
  .meta({
    id: 'WatchRuleOut',
    example: {
      id: EXAMPLE.id,
      user_id: EXAMPLE.userId,
      ...example,
      last_run_at: EXAMPLE.laterInstant,
      next_run_at: null,
      created_at: EXAMPLE.instant,
      updated_at: EXAMPLE.instant,
    },
  });
export type WatchRuleOut = z.output<typeof WatchRuleOut>;

/** What one marketplace is asked for a rule, and how often. */
const RulePollOut = z
  .object({
    provider: z.string(),
    effective_poll_interval_seconds: wireInteger().describe(
      'How often it is really asked: its budget is shared',
    ),
    last_checked_at: wireInstant().nullable(),
    next_check_at: wireInstant(),
    paused_until: wireInstant().nullable().describe('While the marketplace is given a rest after failures'),
    last_error: z.string().nullable(),
  })
  .meta({ id: 'RulePollOut' });

/**
 * A rule with how it is really polled: by how much its interval is stretched where a marketplace's quota does not
 * suffice for everybody. The interval is the longest among its marketplaces; null while nothing is asked for it.
 */
export const WatchRuleDetailOut = WatchRuleOut.extend({
  effective_poll_interval_seconds: wireInteger()
    .nullable()
    .describe('The longest among the marketplaces; null while nothing is asked for the rule'),
  polls: z.array(RulePollOut).describe('What each marketplace is asked'),
}).meta({
  id: 'WatchRuleDetailOut',
  example: {
    id: EXAMPLE.id,
    user_id: EXAMPLE.userId,
    ...example,
    last_run_at: EXAMPLE.laterInstant,
    next_run_at: null,
    created_at: EXAMPLE.instant,
    updated_at: EXAMPLE.instant,
    effective_poll_interval_seconds: 900,
    polls: [
      {
        provider: 'discogs',
        effective_poll_interval_seconds: 900,
        last_checked_at: EXAMPLE.laterInstant,
        next_check_at: EXAMPLE.laterInstant,
        paused_until: null,
        last_error: null,
      },
    ],
  },
});
export type WatchRuleDetailOut = z.output<typeof WatchRuleDetailOut>;
export type RulePollOut = z.output<typeof RulePollOut>;
