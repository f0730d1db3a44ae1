import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

export type PollKind = 'search' | 'release' | 'master';

/**
 * One question to one marketplace, asked once for everybody who wants the answer. The row is narrow because it
 * is written at every poll. `dueAt` is `infinity` while nobody subscribes.
 */
@Entity('poll_targets')
@Unique('uq_poll_targets_question', ['provider', 'kind', 'marketplace', 'key'])
@Index('ix_poll_targets_due', ['provider', 'dueAt'])
export class PollTarget {
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column('enum', { enum: PROVIDER_NAMES, enumName: 'provider_enum' })
  provider!: ProviderName;

  @Column('varchar', { length: 10 })
  kind!: PollKind;

  /** The provider's market, or the empty string for its default. */
  @Column('varchar', { length: 20, default: '' })
  marketplace!: string;

  /** Canonical search words, or the Discogs id. */
  @Column('varchar', { length: 200 })
  key!: string;

  /** The shortest interval among the subscribers, in seconds. */
  @Column('int')
  intervalSeconds!: number;

  /** How far the budget stretches the interval; 1 while it suffices. `PollPlanner` writes it. */
  @Column('real', { default: 1 })
  stretch!: number;

  /** The next poll, or, while a worker holds the target, the end of its lease. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;

  /**
   * The next poll looks again at what is known: somebody new subscribed, or the last poll did not get as far as it
   * should have.
   */
  @Column('boolean', { default: true })
  isCatchingUp!: boolean;

  /**
   * Up to which price the question was asked the last time, in the marketplace's currency; null when it was asked
   * without a ceiling. A higher one brings copies that are new to us only.
   */
  @Column('numeric', { precision: 12, scale: 2, nullable: true })
  askedCeiling!: string | null;

  /** Polls in a row that failed; drives the back-off. */
  @Column('smallint', { default: 0 })
  failures!: number;

  @Column('timestamptz', { nullable: true })
  lastPolledAt!: Date | null;

  /** The kind of the last failure; null after a success. */
  @Column('varchar', { length: 40, nullable: true })
  lastError!: string | null;
}
