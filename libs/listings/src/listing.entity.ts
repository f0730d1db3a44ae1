import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

export const LISTING_STATUSES = ['active', 'ended', 'unknown'] as const;
export type ListingStatus = (typeof LISTING_STATUSES)[number];

/** A copy for sale, shared by all users. */
@Entity('listings')
@Unique('uq_listing_provider_external', ['provider', 'externalId'])
@Index('ix_listings_provider_status_seen', ['provider', 'status', 'lastSeenAt'])
@Index('ix_listings_check_due', ['checkDueAt'], { where: 'check_due_at IS NOT NULL' })
@Index('ix_listings_discogs_release', ['discogsReleaseId'])
@Index('ix_listings_discogs_master', ['discogsMasterId'])
// Of lower(seller), which an entity cannot say; erasing a seller looks there.
@Index('ix_listings_seller', { synchronize: false })
@Check('ck_listings_price', 'price >= 0')
export class Listing {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('varchar', { length: 120 })
  externalId!: string;

  @Column('text')
  url!: string;

  @Column('text')
  title!: string;

  @Column('text', { nullable: true })
  normalizedTitle!: string | null;

  @Column('numeric', { precision: 12, scale: 2 })
  price!: string;

  @Column('varchar', { length: 3, default: 'USD' })
  currency!: string;

  /** Cheapest stated shipping in `currency`; null is unknown, never free. */
  @Column('numeric', { precision: 12, scale: 2, nullable: true })
  shippingPrice!: string | null;

  @Column('varchar', { length: 30, nullable: true })
  condition!: string | null;

  @Column('varchar', { length: 120, nullable: true })
  seller!: string | null;

  @Column('varchar', { length: 120, nullable: true })
  location!: string | null;

  @Column('enum', { enum: LISTING_STATUSES, enumName: 'listing_status_enum', default: 'active' })
  status!: ListingStatus;

  @Column('int', { nullable: true })
  discogsReleaseId!: number | null;

  @Column('int', { nullable: true })
  discogsMasterId!: number | null;

  @Column('timestamptz', { nullable: true })
  listedAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  firstSeenAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  lastSeenAt!: Date;

  /** When to look at this listing by itself; null is never, unless somebody asks for it. */
  @Column('timestamptz', { nullable: true })
  checkDueAt!: Date | null;

  @Column('jsonb', { nullable: true })
  raw!: Record<string, unknown> | null;
}
