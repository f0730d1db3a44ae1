import { Injectable, Logger } from '@nestjs/common';
import { fxTable, type FxRates } from '@waxwatch/matching';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { NEWEST_RATES } from './exchange-rates.sql';
import { BASE_CURRENCY, type ReferenceRates, SHIPPED_RATES } from './reference-rates';

/** Rates change once a day; every process looks again so often. */
const REMEMBER_MS = 60_000;

/** The reference rates that prices compare through: the newest stored ones, or those that the program brings along. */
@Injectable()
export class ExchangeRates {
  private readonly logger = new Logger('exchange-rates');
  private rates = toFx(SHIPPED_RATES);
  private date = SHIPPED_RATES.date;
  private readAtMs: number | null = null;

  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.gaugeFrom('waxwatch_exchange_rates_age_seconds', 'Age of the exchange rates in use', () =>
      Math.max(0, (this.clock.now().getTime() - Date.parse(this.date)) / 1_000),
    );
  }

  /**
   * The rates of now, all of one day. They are read at most once a minute; where they cannot be read the last ones
   * stay. Never to be called within a transaction.
   */
  async current(): Promise<FxRates> {
    const now = this.clock.now().getTime();
    if (this.readAtMs !== null && now - this.readAtMs < REMEMBER_MS) return this.rates;
    this.readAtMs = now;
    try {
      const [newest] = await this.db.rows<ReferenceRates>(NEWEST_RATES, [SHIPPED_RATES.date]);
      const { date } = newest ?? SHIPPED_RATES;
      this.rates = toFx(newest ?? SHIPPED_RATES);
      this.date = date;
    } catch (error) {
      this.logger.warn({ event: 'exchange_rates.not_read', err: error });
    }
    return this.rates;
  }
}

function toFx({ date, rates }: ReferenceRates): FxRates {
  const numbers = Object.entries(rates).map(([currency, rate]) => [currency, Number(rate)]);
  return fxTable(BASE_CURRENCY, Object.fromEntries(numbers) as Record<string, number>, date);
}
