import { EVENT_TYPES, type EventType } from '@waxwatch/notifications';
import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

/** Something that happened to a user, kept for good; the reason of every notification. */
@Entity('events')
@Index('ix_events_user_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_events_type_created', ['type', 'createdAt'])
@Index('ix_events_rule', ['ruleId'], { where: 'rule_id IS NOT NULL' })
@Index('ix_events_listing', ['listingId'], { where: 'listing_id IS NOT NULL' })
@Index('ix_events_watch_release', ['watchReleaseId'], { where: 'watch_release_id IS NOT NULL' })
@Index('uq_events_new_match_watch_release_listing', ['userId', 'type', 'watchReleaseId', 'listingId'], {
  unique: true,
  where: `type = 'NEW_MATCH' AND watch_release_id IS NOT NULL AND listing_id IS NOT NULL`,
})
export class Event {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('enum', { enum: EVENT_TYPES, enumName: 'event_type_enum' })
  type!: EventType;

  @ForeignKey('WatchRelease', { onDelete: 'SET NULL' })
  @Column('uuid', { nullable: true })
  watchReleaseId!: string | null;

  @ForeignKey('WatchRule', { onDelete: 'SET NULL' })
  @Column('uuid', { nullable: true })
  ruleId!: string | null;

  @ForeignKey('Listing', { onDelete: 'SET NULL' })
  @Column('uuid', { nullable: true })
  listingId!: string | null;

  @Column('jsonb', { nullable: true })
  payload!: Record<string, unknown> | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
