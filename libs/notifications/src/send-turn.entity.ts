import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { type Channel, CHANNELS } from './notification.entity';

/**
 * When a user was last written to in a channel, and who may do so next: without a turn, two workers would each send
 * a digest of the same hour.
 */
@Entity('send_turns')
export class SendTurn {
  @ForeignKey('User', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  userId!: string;

  @PrimaryColumn('enum', { enum: CHANNELS, enumName: 'notification_channel_enum' })
  channel!: Channel;

  /** The lease token of the claim that has the turn. */
  @Column('uuid', { nullable: true })
  holder!: string | null;

  @Column('timestamptz', { nullable: true })
  heldUntil!: Date | null;

  /** The last message; urgent ones do not count. */
  @Column('timestamptz', { nullable: true })
  lastSentAt!: Date | null;

  /** The user's own day, `YYYY-MM-DD`, that `sentOnDay` counts messages of. */
  @Column('varchar', { length: 10, nullable: true })
  sentDay!: string | null;

  @Column('int', { default: 0 })
  sentOnDay!: number;
}
