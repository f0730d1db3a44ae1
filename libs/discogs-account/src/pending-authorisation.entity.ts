import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * A user on the way to Discogs and back. Apart from the account link, so that an attempt that is given up leaves a
 * working connection alone.
 */
@Entity('discogs_pending_authorisations')
@Index('ix_discogs_pending_authorisations_user', ['userId', 'createdAt'])
export class PendingAuthorisation {
  /** SHA-256 of the state that the client holds. */
  @PrimaryColumn('varchar', { length: 64 })
  stateHash!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('varchar', { length: 200 })
  requestToken!: string;

  /** Encrypted. */
  @Column('text')
  requestTokenSecret!: string;

  @Column('jsonb', { nullable: true })
  scopes!: string[] | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz')
  expiresAt!: Date;
}
