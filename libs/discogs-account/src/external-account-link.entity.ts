import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';

/** A user's account at a provider. Tokens and their secrets are stored encrypted and nowhere else. */
@Entity('external_account_links')
@Unique('uq_external_account_links_user_provider', ['userId', 'provider'])
@Index('ix_external_account_links_provider_external', ['provider', 'externalUserId'])
@Index('ix_external_account_links_sync', ['provider', 'lastSyncedAt', 'id'])
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

  /** The second half of an OAuth 1.0a credential; null for a personal token. */
  @Column('text', { nullable: true })
  accessTokenSecret!: string | null;

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

  /** When the provider refused the credential, or it proved unreadable; null while it is good. */
  @Column('timestamptz', { nullable: true })
  reconnectRequiredAt!: Date | null;

  /** When the scheduled sync last had its turn, or an import went through. */
  @Column('timestamptz', { nullable: true })
  lastSyncedAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  connectedAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
