import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A Discogs release, or any pressing of a master, that a collector waits for. */
@Entity('watch_releases')
@Index('ix_watch_releases_user_active', ['userId', 'isActive'])
@Index('ix_watch_releases_user_keyset', ['userId', 'createdAt', 'id'])
@Index('ix_watch_releases_change_txid', ['changeTxid'])
@Index('ix_watch_releases_discogs_release', ['discogsReleaseId'])
@Index('uq_watch_release_user_exact_release', ['userId', 'discogsReleaseId'], {
  unique: true,
  where: `match_mode = 'exact_release'`,
})
@Index('uq_watch_release_user_master_release', ['userId', 'discogsMasterId'], {
  unique: true,
  where: `match_mode = 'master_release'`,
})
@Check('ck_watch_releases_match_mode', `match_mode IN ('exact_release', 'master_release')`)
@Check('ck_watch_releases_master_id', `match_mode <> 'master_release' OR discogs_master_id IS NOT NULL`)
export class WatchRelease {
  @PrimaryColumn('uuid')
  id!: string;

  @ForeignKey('User', { onDelete: 'CASCADE' })
  @Column('uuid')
  userId!: string;

  @Column('int')
  discogsReleaseId!: number;

  @Column('int', { nullable: true })
  discogsMasterId!: number | null;

  @Column('varchar', { length: 30, default: 'exact_release' })
  matchMode!: 'exact_release' | 'master_release';

  @Column('varchar', { length: 300 })
  title!: string;

  @Column('varchar', { length: 200, nullable: true })
  artist!: string | null;

  @Column('int', { nullable: true })
  year!: number | null;

  @Column('numeric', { precision: 12, scale: 2, nullable: true })
  targetPrice!: string | null;

  @Column('varchar', { length: 3, default: 'USD' })
  currency!: string;

  @Column('varchar', { length: 30, nullable: true })
  minCondition!: string | null;

  @Column('boolean', { default: true })
  isActive!: boolean;

  @Column('boolean', { default: false })
  importedFromWantlist!: boolean;

  @Column('boolean', { default: false })
  importedFromCollection!: boolean;

  @Column('boolean', { default: false })
  importedFromLists!: boolean;

  @Column('int', { default: 1 })
  version!: number;

  @Column('bigint', { default: 0 })
  changeTxid!: number;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt!: Date;

  @Column('timestamptz', { default: () => 'now()' })
  updatedAt!: Date;
}
