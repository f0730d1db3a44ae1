import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, validateConstraint } from './on-live-tables';

const INDEXES = [
  ['ix_listings_seller', 'listings (lower(seller)) WHERE seller IS NOT NULL'],
  ['ix_listings_check_due', 'listings (check_due_at) WHERE check_due_at IS NOT NULL'],
  // Rows come in the order of time, so that block ranges say nearly all, and writing them costs next to nothing.
  ['ix_price_snapshots_recorded', 'price_snapshots USING brin (recorded_at)'],
  ['ix_provider_requests_keyset', 'provider_requests (created_at, id)'],
  ['ix_notifications_waiting', `notifications (user_id, channel) WHERE status = 'pending'`],
  [
    'ix_notifications_given_up',
    `notifications (created_at, id) WHERE error_code IN ('parked', 'attempts_exhausted', 'unrenderable')`,
  ],
] as const;

const CONSTRAINTS = [
  [
    'user_notification_preferences',
    'ck_preferences_daily_cap',
    'CHECK (daily_cap IS NULL OR daily_cap BETWEEN 1 AND 1000)',
  ],
  ['watch_search_rules', 'ck_rules_baseline', `CHECK (baseline IN ('silent', 'best_n', 'everything'))`],
  ['watch_search_rules', 'ck_rules_baseline_count', 'CHECK (baseline_count BETWEEN 1 AND 100)'],
] as const;

/** What takes long on large tables, done while everything goes on. */
export class LiveIndexes1764000000075 implements MigrationInterface {
  readonly name = 'LiveIndexes1764000000075';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, on] of INDEXES) await buildIndex(runner, name, on);
    for (const [table, name] of CONSTRAINTS) await validateConstraint(runner, table, name);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, name, check] of CONSTRAINTS) {
      await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
      await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${check} NOT VALID`);
    }
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}`);
  }
}
