import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** The channels that a person sets up; e-mail and the inbox everybody has. */
export const USER_CHANNELS = ['push', 'ntfy', 'telegram', 'discord', 'slack', 'webhook'] as const;
export type UserChannelName = (typeof USER_CHANNELS)[number];

/** One device, chat or address of a user. */
@Entity('user_channels')
@Index('uq_user_channels_target', ['userId', 'channel', 'targetHash'], { unique: true })
@Index('uq_user_channels_only', ['userId', 'channel'], { unique: true, where: `channel <> 'push'` })
@Check('ck_user_channels_channel', `channel IN (${USER_CHANNELS.map((name) => `'${name}'`).join(', ')})`)
export class UserChannel {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('varchar', { length: 20 })
  channel!: UserChannelName;

  @Column('varchar', { length: 80, nullable: true })
  label!: string | null;

  /** The user's own switch. */
  @Column('boolean', { default: true })
  isEnabled!: boolean;

  /** Where it leads and with what credential: JSON, encrypted. */
  @Column('text')
  secret!: string;

  /** SHA-256 of the destination, so that the same one is not stored twice. */
  @Column('varchar', { length: 64 })
  targetHash!: string;

  /** Settings that are no secret, and what may be shown of the destination. */
  @Column('jsonb', { default: {} })
  config!: Record<string, unknown>;

  /** Why we stopped using it, such as `target_gone`; null while we do not. */
  @Column('varchar', { length: 60, nullable: true })
  disabledReason!: string | null;

  /** When something first arrived there, or its owner proved to be able to read it. */
  @Column('timestamptz', { nullable: true })
  verifiedAt!: Date | null;

  @Column('varchar', { length: 60, nullable: true })
  lastErrorCode!: string | null;

  @Column('timestamptz', { nullable: true })
  lastErrorAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
