import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A browser that is signed in. The cookie holds the id, sealed; everything else about it is here. */
@Entity('sessions')
@Index('ix_sessions_user', ['userId'])
export class Session {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  /** The administrator's claim of the identity provider at the last sign-in or refresh. */
  @Column('boolean', { default: false })
  isAdmin!: boolean;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  /** Written at most once a minute. */
  @Column('timestamptz')
  lastSeenAt!: Date;

  /** Moves on while the session is used. */
  @Column('timestamptz')
  idleExpiresAt!: Date;

  /** Stays where it is. */
  @Column('timestamptz')
  expiresAt!: Date;

  @Column('timestamptz', { nullable: true })
  revokedAt!: Date | null;

  /** Encrypted; null where we hold the password ourselves, and once the session has ended. */
  @Column('text', { nullable: true })
  refreshToken!: string | null;

  /** When the identity provider has to be asked again whether the session stands. */
  @Column('timestamptz', { nullable: true })
  refreshDueAt!: Date | null;

  /** Until then, one process is asking. */
  @Column('timestamptz', { nullable: true })
  refreshLeaseUntil!: Date | null;
}
