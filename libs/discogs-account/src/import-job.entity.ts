import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';

export const IMPORT_SCOPES = ['wantlist', 'collection', 'both', 'lists', 'all'] as const;
export type ImportScope = (typeof IMPORT_SCOPES)[number];

/** One reading of a user's lists, page by page. At most one per user and provider is under way. */
@Entity('import_jobs')
@Index('ix_import_jobs_user_created', ['userId', 'createdAt'])
@Index('ix_import_jobs_status', ['status'])
@Index('ix_import_jobs_due', ['dueAt'], { where: `status IN ('pending', 'running')` })
@Index('uq_import_jobs_inflight_user_provider', ['userId', 'provider'], {
  unique: true,
  where: `status IN ('pending', 'running')`,
})
export class ImportJob {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @ForeignKey('ExternalAccountLink', { onDelete: 'SET NULL' })
  @Column('uuid', { nullable: true })
  externalAccountLinkId!: string | null;

  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('varchar', { length: 20 })
  importScope!: ImportScope;

  @Column('varchar', { length: 30, default: 'pending' })
  status!: 'pending' | 'running' | 'completed' | 'failed' | 'failed_to_queue';

  @Column('varchar', { length: 255, nullable: true })
  cursor!: string | null;

  @Column('int', { default: 1 })
  page!: number;

  @Column('int', { default: 0 })
  processedCount!: number;

  @Column('int', { default: 0 })
  importedCount!: number;

  @Column('int', { default: 0 })
  createdCount!: number;

  @Column('int', { default: 0 })
  updatedCount!: number;

  @Column('int', { default: 0 })
  errorCount!: number;

  @Column('jsonb', { nullable: true })
  errors!: Record<string, unknown>[] | null;

  /** Entries that the list being read had when its pass began, and those read of it since. */
  @Column('int', { nullable: true })
  listSize!: number | null;

  @Column('int', { default: 0 })
  listRead!: number;

  /** The lists to read, once it is known which there are. */
  @Column('int', { array: true, nullable: true })
  listIds!: number[] | null;

  /** Begun by the schedule and not by its user. */
  @Column('boolean', { default: false })
  isScheduled!: boolean;

  /** When the job may be taken again: its turn, or the end of the lease of whoever took it. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;

  @Column('smallint', { default: 0 })
  attempts!: number;

  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  completedAt!: Date | null;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
