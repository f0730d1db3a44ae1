import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

@Entity('user_notification_preferences')
@Unique('uq_user_notification_preferences_user', ['userId'])
@Check('ck_preferences_frequency', `delivery_frequency IN ('instant', 'hourly', 'daily')`)
@Check('ck_preferences_daily_cap', 'daily_cap IS NULL OR daily_cap BETWEEN 1 AND 1000')
@Check('ck_preferences_quiet_start', 'quiet_hours_start IS NULL OR quiet_hours_start BETWEEN 0 AND 23')
@Check('ck_preferences_quiet_end', 'quiet_hours_end IS NULL OR quiet_hours_end BETWEEN 0 AND 23')
export class NotificationPreferences {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('boolean', { default: true })
  emailEnabled!: boolean;

  @Column('boolean', { default: true })
  realtimeEnabled!: boolean;

  @Column('int', { nullable: true })
  quietHoursStart!: number | null;

  @Column('int', { nullable: true })
  quietHoursEnd!: number | null;

  @Column('varchar', { length: 64, nullable: true })
  timezoneOverride!: string | null;

  @Column('varchar', { length: 20, default: 'instant' })
  deliveryFrequency!: 'instant' | 'hourly' | 'daily';

  /** Messages per channel and day; what is over waits for the next day. Null: any number. */
  @Column('smallint', { nullable: true })
  dailyCap!: number | null;

  /** `{EVENT_TYPE: boolean}`; a missing key means the type's default. */
  @Column('jsonb', { nullable: true })
  eventToggles!: Record<string, boolean> | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
