import { randomUUID } from 'node:crypto';
import type { Database } from '@waxwatch/platform/database';

export interface NewTestRule {
  userId: string;
  id?: string;
  name?: string;
  query?: Record<string, unknown>;
  isActive?: boolean;
  pollIntervalSeconds?: number;
  isUrgent?: boolean;
  baseline?: 'silent' | 'best_n' | 'everything';
  /** In the same transaction, ask for a backfill. */
  backfill?: boolean;
}

/** @returns the rule's id */
export async function insertRule(db: Pick<Database, 'rows'>, rule: NewTestRule): Promise<string> {
  const id = rule.id ?? randomUUID();
  await db.rows(
    `WITH rule AS (
       INSERT INTO watch_search_rules (id, user_id, name, query, is_active, poll_interval_seconds, is_urgent,
         baseline)
       VALUES ($1, $2, $3, $4, $5, $6, $8, $9) RETURNING id
     )
     INSERT INTO rule_backfills (rule_id) SELECT id FROM rule WHERE $7`,
    [
      id,
      rule.userId,
      rule.name ?? 'A rule',
      JSON.stringify(rule.query ?? { keywords: ['primus'], sources: ['ebay'] }),
      rule.isActive ?? true,
      rule.pollIntervalSeconds ?? 600,
      rule.backfill ?? false,
      rule.isUrgent ?? false,
      rule.baseline ?? 'best_n',
    ],
  );
  return id;
}
