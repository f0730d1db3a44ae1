import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A rule found a listing; at most one row for the pair, ever. */
@Entity('watch_matches')
@Unique('uq_match_rule_listing', ['ruleId', 'listingId'])
@Index('ix_watch_matches_rule_matched', ['ruleId', 'matchedAt'])
@Index('ix_watch_matches_listing', ['listingId'])
export class WatchMatch {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey('WatchRule', { onDelete: 'CASCADE' })
  @Column('uuid')
  ruleId!: string;

  @ForeignKey('Listing', { onDelete: 'CASCADE' })
  @Column('uuid')
  listingId!: string;

  @Column('timestamptz', { default: () => 'now()' })
  matchedAt!: Date;

  @Column('jsonb', { nullable: true })
  matchContext!: Record<string, unknown> | null;
}
