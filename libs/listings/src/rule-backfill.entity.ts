import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A new or changed rule that has yet to be held against the listings already known. */
@Entity('rule_backfills')
@Index('ix_rule_backfills_due', ['dueAt'])
export class RuleBackfill {
  @ForeignKey('WatchRule', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  ruleId!: string;

  /** Its turn, or the end of the lease of the worker that took it. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;

  @Column('smallint', { default: 0 })
  attempts!: number;
}
