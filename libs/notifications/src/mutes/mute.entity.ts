import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What a user does not want to hear of: one rule, one copy, or everything of a seller; for good or for a while. */
@Entity('mutes')
@Index('uq_mutes_rule', ['userId', 'ruleId'], { unique: true, where: 'rule_id IS NOT NULL' })
@Index('uq_mutes_listing', ['userId', 'listingId'], { unique: true, where: 'listing_id IS NOT NULL' })
@Index('uq_mutes_seller', ['userId', 'provider', 'seller'], { unique: true, where: 'seller IS NOT NULL' })
@Index('ix_mutes_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_mutes_rule', ['ruleId'], { where: 'rule_id IS NOT NULL' })
@Index('ix_mutes_listing', ['listingId'], { where: 'listing_id IS NOT NULL' })
@Check('ck_mutes_target', 'num_nonnulls(rule_id, listing_id, seller) = 1')
@Check('ck_mutes_seller', '(seller IS NULL) = (provider IS NULL)')
export class Mute {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @ForeignKey('WatchRule', { onDelete: 'CASCADE' })
  @Column('uuid', { nullable: true })
  ruleId!: string | null;

  @ForeignKey('Listing', { onDelete: 'CASCADE' })
  @Column('uuid', { nullable: true })
  listingId!: string | null;

  /** Where the seller sells. */
  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum', nullable: true })
  provider!: ProviderName | null;

  /** As the marketplace names the seller, in lower case. */
  @Column('varchar', { length: 120, nullable: true })
  seller!: string | null;

  /** When it ends by itself; null for good. */
  @Column('timestamptz', { nullable: true })
  mutedUntil!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
