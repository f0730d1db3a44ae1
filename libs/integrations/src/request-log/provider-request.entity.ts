import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { PROVIDER_NAMES, type ProviderName } from '../listing-provider';

/** The user that owns the requests of polls, which serve many users at once. */
export const SYSTEM_USER_ID = '00000000-0000-0000-0000-000000000001';

/** One call to a provider, kept for the user who caused it and for operators. */
@Entity('provider_requests')
@Index('ix_provider_requests_user_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_provider_requests_user_provider_created', ['userId', 'provider', 'createdAt'])
@Index('ix_provider_requests_provider_created', ['provider', 'createdAt'])
@Index('ix_provider_requests_keyset', ['createdAt', 'id'])
@Index('ix_provider_requests_status', ['statusCode'])
export class ProviderRequest {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('varchar', { length: 200 })
  endpoint!: string;

  @Column('varchar', { length: 10, default: 'GET' })
  method!: string;

  @Column('int', { nullable: true })
  statusCode!: number | null;

  @Column('int', { nullable: true })
  durationMs!: number | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('jsonb', { nullable: true })
  meta!: Record<string, unknown> | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;
}
