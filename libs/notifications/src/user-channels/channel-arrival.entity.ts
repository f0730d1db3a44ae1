import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * A notification that one of a user's browsers has while another has yet to be tried again; where all took it at
 * once, there is none.
 */
@Entity('channel_arrivals')
@Index('ix_channel_arrivals_notification', ['notificationId'])
export class ChannelArrival {
  @ForeignKey('UserChannel', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  userChannelId!: string;

  @ForeignKey('Notification', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  notificationId!: string;
}
