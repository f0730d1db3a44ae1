import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** An active rule or watched release of an active user that wants a target polled. */
@Entity('poll_subscriptions')
@Index('ix_poll_subscriptions_subscriber', ['subscriberId'])
@Index('ix_poll_subscriptions_rule', ['ruleId'], { where: 'rule_id IS NOT NULL' })
@Index('ix_poll_subscriptions_watch_release', ['watchReleaseId'], { where: 'watch_release_id IS NOT NULL' })
@Check('ck_poll_subscriptions_subscriber', 'subscriber_id = coalesce(rule_id, watch_release_id)')
export class PollSubscription {
  @ForeignKey('PollTarget', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  targetId!: string;

  @PrimaryColumn('uuid')
  subscriberId!: string;

  @ForeignKey('WatchRule', { onDelete: 'CASCADE' })
  @Column('uuid', { nullable: true })
  ruleId!: string | null;

  @ForeignKey('WatchRelease', { onDelete: 'CASCADE' })
  @Column('uuid', { nullable: true })
  watchReleaseId!: string | null;

  @Column('int')
  intervalSeconds!: number;
}
