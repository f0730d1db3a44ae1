import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

@Entity('outbound_clicks')
@Index('ix_outbound_clicks_user_created', ['userId', 'createdAt'])
@Index('ix_outbound_clicks_listing_created', ['listingId', 'createdAt'])
@Index('ix_outbound_clicks_provider_created', ['provider', 'createdAt'])
export class OutboundClick {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @ForeignKey('Listing', { onDelete: 'CASCADE' })
  @Column('uuid')
  listingId!: string;

  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('text', { nullable: true })
  referrer!: string | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
