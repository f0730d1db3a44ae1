import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What is printed on a Discogs release, as far as Discogs has told us; nothing of it is ever taken back. */
@Entity('release_codes')
export class ReleaseCodes {
  @PrimaryColumn('int', { primaryKeyConstraintName: 'pk_release_codes' })
  discogsReleaseId!: number;

  @Column('text', { array: true, default: '{}' })
  catalogueNumbers!: string[];

  /** Digits only. */
  @Column('text', { array: true, default: '{}' })
  barcodes!: string[];

  @Column('timestamptz', { default: () => 'now()' })
  notedAt!: Date;
}
