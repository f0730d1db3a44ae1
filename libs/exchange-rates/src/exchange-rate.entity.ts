import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What one euro was worth on a day, by the reference rate of the European Central Bank. */
@Entity('exchange_rates')
export class ExchangeRate {
  @PrimaryColumn('date')
  rateDate!: string;

  @PrimaryColumn('varchar', { length: 3 })
  currency!: string;

  @Column('numeric', { precision: 18, scale: 8 })
  rate!: string;
}
