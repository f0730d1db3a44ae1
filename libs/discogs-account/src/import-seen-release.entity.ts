import { Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A release that an import under way has met, so that what it did not meet can be told at its end. */
@Entity('import_seen_releases')
export class ImportSeenRelease {
  @ForeignKey('ImportJob', { onDelete: 'CASCADE' })
  @PrimaryColumn('uuid')
  jobId!: string;

  @PrimaryColumn('varchar', { length: 20 })
  source!: 'wantlist' | 'collection' | 'lists';

  /** Negative for a master that is meant in any pressing. */
  @PrimaryColumn('int')
  discogsReleaseId!: number;
}
