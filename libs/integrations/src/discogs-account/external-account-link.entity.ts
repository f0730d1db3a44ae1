import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { PROVIDER_NAMES, type ProviderName } from '../listing-provider';

/** A user's account at a provider. Tokens are stored encrypted and nowhere else. */
@Entity('external_account_links')
@Unique('uq_external_account_links_user_provider', ['userId', 'provider'])
@Index('ix_external_account_links_provider_external', ['provider', 'externalUserId'])
export class ExternalAccountLink {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('varchar', { length: 120 })
  externalUserId!: string;

  @Column('text', { nullable: true })
  accessToken!: string | null;

  @Column('text', { nullable: true })
  refreshToken!: string | null;

  @Column('timestamptz', { nullable: true })
  accessTokenExpiresAt!: Date | null;

  @Column('varchar', { length: 50, nullable: true })
  tokenType!: string | null;

  @Column('jsonb', { nullable: true })
  scopes!: string[] | null;

  @Column('jsonb', { nullable: true })
  tokenMetadata!: Record<string, unknown> | null;

  @Column('timestamptz', { default: () => 'now()' })
  connectedAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
