import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A rule that has just begun to look, or to look for something else, and tells only of the best of what is there. */
@Entity('rule_baselines')
export class RuleBaseline {
  @ForeignKey('WatchRule', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  ruleId!: string;

  /** Alerts about copies that were for sale before. */
  @Column('smallint')
  alertsLeft!: number;

  /** From then on, whatever it finds is news. */
  @Column('timestamptz')
  expiresAt!: Date;
}
