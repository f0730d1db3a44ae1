import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

export const BASELINES = ['silent', 'best_n', 'everything'] as const;
export type Baseline = (typeof BASELINES)[number];

/** A collector's search. `version` and `changeTxid` are kept by a trigger whenever matching could be affected. */
@Entity('watch_search_rules')
@Index('ix_watch_search_rules_user_active', ['userId', 'isActive'])
@Index('ix_watch_search_rules_user_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_watch_search_rules_change_txid', ['changeTxid'])
@Check('ck_rules_baseline', `baseline IN ('silent', 'best_n', 'everything')`)
@Check('ck_rules_baseline_count', 'baseline_count BETWEEN 1 AND 100')
export class WatchRule {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('varchar', { length: 120 })
  name!: string;

  @Column('jsonb')
  query!: Record<string, unknown>;

  @Column('boolean', { default: true })
  isActive!: boolean;

  @Column('int', { default: 600 })
  pollIntervalSeconds!: number;

  /** Its alerts wait for no quiet hour, digest or cap. */
  @Column('boolean', { default: false })
  isUrgent!: boolean;

  /** Which of the copies that are there already are worth an alert. */
  @Column('varchar', { length: 10, default: 'best_n' })
  baseline!: Baseline;

  /** How many, if it is `best_n`. */
  @Column('smallint', { default: 5 })
  baselineCount!: number;

  /** Written by the poller only. Not indexed, so that moving it is cheap; `poll_targets.due_at` decides. */
  @Column('timestamptz', { nullable: true })
  lastRunAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  nextRunAt!: Date | null;

  @Column('int', { default: 1 })
  version!: number;

  /** The transaction that last changed what the rule matches; lets matchers read only what is new. */
  @Column('bigint', { default: 0 })
  changeTxid!: number;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
