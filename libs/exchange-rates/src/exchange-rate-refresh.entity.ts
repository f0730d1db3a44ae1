import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** The one row that says when the rates are to be asked for again, and who does it. */
@Entity('exchange_rate_refresh')
@Check('ck_exchange_rate_refresh_single', 'id = 1')
export class ExchangeRateRefresh {
  @PrimaryColumn('smallint')
  id!: number;

  /** The next time, or the end of the lease of the worker that asks. */
  @Column('timestamptz', { default: () => 'now()' })
  dueAt!: Date;

  @Column('uuid', { nullable: true })
  leaseToken!: string | null;

  /** Attempts in a row that failed. */
  @Column('smallint', { default: 0 })
  failures!: number;

  @Column('varchar', { length: 40, nullable: true })
  lastError!: string | null;

  @Column('timestamptz', { nullable: true })
  refreshedAt!: Date | null;
}
