import { Check, Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';

/** What a listing cost from `recordedAt` on; two neighbours never carry the same price. */
@Entity('price_snapshots')
@Index('ix_price_snapshots_listing_recorded', ['listingId', 'recordedAt'])
// A block-range index, which an entity cannot say.
@Index('ix_price_snapshots_recorded', { synchronize: false })
@Check('ck_price_snapshots_price', 'price >= 0')
export class PriceSnapshot {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey('Listing', { onDelete: 'CASCADE' })
  @Column('uuid')
  listingId!: string;

  @Column('numeric', { precision: 12, scale: 2 })
  price!: string;

  @Column('varchar', { length: 3 })
  currency!: string;

  @Column('timestamptz', { default: () => 'now()' })
  recordedAt!: Date;
}
