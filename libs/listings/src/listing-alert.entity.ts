import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/**
 * Who was told about a listing, and at which price: the audience of its later price changes, and the reference
 * of the hysteresis that keeps a wobbling price from alerting again and again.
 */
@Entity('listing_alerts')
@Index('ix_listing_alerts_user', ['userId'])
export class ListingAlert {
  @ForeignKey('Listing', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  listingId!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  userId!: string;

  @Column('numeric', { precision: 12, scale: 2 })
  alertedPrice!: string;

  @Column('varchar', { length: 3 })
  alertedCurrency!: string;

  @Column('timestamptz', { default: () => 'now()' })
  alertedAt!: Date;

  /** The rule or watched release that matched first; named by the events that follow. */
  @Column('uuid', { nullable: true })
  ruleId!: string | null;

  @Column('uuid', { nullable: true })
  watchReleaseId!: string | null;
}
