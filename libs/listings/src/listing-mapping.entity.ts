import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'pk_listing_mappings';

/** That a listing offers a release or master, and by which evidence; what the marketplace says stands in `listings`. */
@Entity('listing_mappings')
@Index('ix_listing_mappings_discogs', ['kind', 'discogsId'])
@Check('ck_listing_mappings_kind', `kind IN ('release', 'master')`)
export class ListingMapping {
  @PrimaryColumn('uuid', { primaryKeyConstraintName })
  @ForeignKey('Listing', { onDelete: 'CASCADE', name: 'fk_listing_mappings_listing' })
  listingId!: string;

  @PrimaryColumn('varchar', { length: 10, primaryKeyConstraintName })
  kind!: 'release' | 'master';

  @PrimaryColumn('int', { primaryKeyConstraintName })
  discogsId!: number;

  @PrimaryColumn('varchar', { length: 30, primaryKeyConstraintName })
  evidence!: string;

  @Column('numeric', { precision: 3, scale: 2 })
  score!: string;

  /** What the title says of artist and release, as it was found. */
  @Column('jsonb')
  said!: Record<string, unknown>;

  @Column('timestamptz', { default: () => 'now()' })
  mappedAt!: Date;
}
