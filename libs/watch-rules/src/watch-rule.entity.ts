import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A collector's search. `version` and `changeTxid` are kept by a trigger whenever matching could be affected. */
@Entity('watch_search_rules')
@Index('ix_watch_search_rules_user_active', ['userId', 'isActive'])
@Index('ix_watch_search_rules_user_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_watch_search_rules_change_txid', ['changeTxid'])
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
