import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An account that eBay tells us was closed. What remains of the row once its data is erased names nobody. */
@Entity('ebay_account_deletions')
@Index('ix_ebay_account_deletions_due', ['dueAt'], { where: 'seller_names IS NOT NULL' })
export class EbayAccountDeletion {
  /** eBay's own id of the notification; the same one may come several times. */
  @PrimaryColumn('varchar', { length: 200 })
  notificationId!: string;

  /** The names that listings may know the account by, in lower case; null once they are erased. */
  @Column('text', { array: true, nullable: true })
  sellerNames!: string[] | null;

  /** How often the listings were searched for these names. */
  @Column('smallint', { default: 0 })
  passes!: number;

  @Column('timestamptz', { default: () => 'now()' })
  receivedAt!: Date;

  @Column('timestamptz', { nullable: true })
  erasedAt!: Date | null;

  /** Its turn, or the end of the lease of the worker that took it. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;
}
