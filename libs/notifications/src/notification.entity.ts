import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';
import { EVENT_TYPES, type EventType } from './event-types';

/** Channels in the stored order of `notification_channel_enum`. */
export const CHANNELS = [
  'email',
  'realtime',
  'push',
  'ntfy',
  'telegram',
  'discord',
  'slack',
  'webhook',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const NOTIFICATION_STATUSES = ['pending', 'sent', 'failed'] as const;
export type NotificationStatus = (typeof NOTIFICATION_STATUSES)[number];

/** The outbox: one row per event and channel, written with the event, that must end as sent or failed. */
@Entity('notifications')
@Unique('uq_notifications_event_channel', ['eventId', 'channel'])
@Index('ix_notifications_user_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_notifications_unread', ['userId'], { where: 'is_read = false' })
@Index('ix_notifications_due', ['channel', 'dueAt'], { where: `status = 'pending'` })
@Index('ix_notifications_waiting', ['userId', 'channel'], { where: `status = 'pending'` })
@Index('ix_notifications_given_up', ['createdAt', 'id'], {
  where: `error_code IN ('parked', 'attempts_exhausted', 'unrenderable')`,
})
@Index('uq_notifications_user_stream', ['userId', 'streamId'], {
  unique: true,
  where: 'stream_id IS NOT NULL',
})
export class Notification {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @ForeignKey('Event', { onDelete: 'CASCADE' })
  @Column('uuid')
  eventId!: string;

  @Column('enum', { enum: EVENT_TYPES, enumName: 'event_type_enum' })
  eventType!: EventType;

  @Column('enum', { enum: CHANNELS, enumName: 'notification_channel_enum' })
  channel!: Channel;

  @Column('enum', { enum: NOTIFICATION_STATUSES, enumName: 'notification_status_enum', default: 'pending' })
  status!: NotificationStatus;

  @Column('boolean', { default: false })
  isRead!: boolean;

  @Column('timestamptz', { nullable: true })
  deliveredAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  failedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  readAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;

  /** When to deliver, or, while a worker holds the row, when its lease ends. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;

  /** Claims, less those whose worker wrote down a temporary failure or gave the row back. More than one: it crashed. */
  @Column('smallint', { default: 0 })
  attempts!: number;

  /** Temporary failures so far. */
  @Column('smallint', { default: 0 })
  failures!: number;

  /** When it first failed; the time for retries counts from there. */
  @Column('timestamptz', { nullable: true })
  failingSince!: Date | null;

  /** It has waited for its time, and goes out together with whatever else has. */
  @Column('boolean', { default: false })
  isHeld!: boolean;

  /** Why the row failed, or why its last attempt did; a short stable code. */
  @Column('varchar', { length: 60, nullable: true })
  errorCode!: string | null;

  /** The id of the SSE frame: increasing per user in commit order, given at delivery. */
  @Column('bigint', { nullable: true })
  streamId!: number | null;
}
