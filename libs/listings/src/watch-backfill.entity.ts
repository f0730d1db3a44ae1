import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A new or changed watched release that has yet to be held against the listings already known. */
@Entity('watch_backfills')
@Index('ix_watch_backfills_due', ['dueAt'])
export class WatchBackfill {
  @ForeignKey('WatchRelease', { onDelete: 'CASCADE', name: 'fk_watch_backfills_watch' })
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_watch_backfills' })
  watchReleaseId!: string;

  /** Its turn, or the end of the lease of the worker that took it. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;

  @Column('smallint', { default: 0 })
  attempts!: number;
}
