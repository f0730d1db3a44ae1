import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An address that is not written to any more, or was about to be; by its hash, since accounts come and go. */
@Entity('email_suppressions')
export class EmailSuppression {
  /** SHA-256 of the address in lower case. */
  @PrimaryColumn('varchar', { length: 64 })
  addressHash!: string;

  /** `hard_bounce`, `complaint` or `soft_bounces`; null while it is only counted. */
  @Column('varchar', { length: 30, nullable: true })
  reason!: string | null;

  @Column('timestamptz', { nullable: true })
  suppressedAt!: Date | null;

  @Column('smallint', { default: 0 })
  softBounces!: number;

  /** When its owner or an administrator last had it written to again. */
  @Column('timestamptz', { nullable: true })
  liftedAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  lastFeedbackAt!: Date;
}
