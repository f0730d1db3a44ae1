import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A watched release that somebody has just begun to wait for, and that tells only of the best of what is there. */
@Entity('watch_baselines')
export class WatchBaseline {
  @ForeignKey('WatchRelease', { onDelete: 'CASCADE', name: 'fk_watch_baselines_watch' })
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_watch_baselines' })
  watchReleaseId!: string;

  /** Alerts about copies that were for sale before. */
  @Column('smallint')
  alertsLeft!: number;

  /** From then on, whatever it finds is news. */
  @Column('timestamptz')
  expiresAt!: Date;
}
