import { Injectable, Logger } from '@nestjs/common';
import { Clock, IdSource } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { EcbRates } from './ecb-rates';
import { UnreadableRatesError } from './ecb-document';
import { CLAIM_REFRESH, FAIL_REFRESH, FINISH_REFRESH, STORE_RATES } from './exchange-rates.sql';
import type { ReferenceRates } from './reference-rates';

const LEASE_SECONDS = 60;
const FIRST_RETRY_SECONDS = 60;
const LAST_RETRY_SECONDS = 3_600;
const DAY_MS = 24 * 3_600_000;

/** Asks for new exchange rates when it is time. What goes wrong leaves the stored ones as they are. */
@Injectable()
export class RatesRefresh {
  private readonly logger = new Logger('exchange-rates');
  private readonly outcomes;

  constructor(
    private readonly db: Database,
    private readonly ecb: EcbRates,
    private readonly ids: IdSource,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: AppConfig,
    metrics: Metrics,
  ) {
    this.outcomes = metrics.counter(
      'waxwatch_exchange_rate_refreshes_total',
      'Requests for new exchange rates by outcome',
      ['outcome'],
    );
  }

  /** One process at a time does it. @returns whether there were rates to store */
  async refreshDue(): Promise<boolean> {
    const token = this.ids.next();
    const [claimed] = await this.db.rows<{ failures: number }>(CLAIM_REFRESH, [token, LEASE_SECONDS]);
    if (!claimed) return false;
    try {
      const { date, rates } = this.checked(await this.ecb.fetch());
      await this.db.transaction(async (tx) => {
        await rowsIn(tx, STORE_RATES, [date, Object.keys(rates), Object.values(rates)]);
        await rowsIn(tx, FINISH_REFRESH, [token, this.config.FX_REFRESH_SECONDS]);
      });
      this.outcomes.inc({ outcome: 'stored' });
      this.logger.log({ event: 'exchange_rates.stored', date, currencies: Object.keys(rates).length });
      return true;
    } catch (error) {
      const retryIn = Math.min(FIRST_RETRY_SECONDS * 2 ** Math.min(claimed.failures, 10), LAST_RETRY_SECONDS);
      const kind = error instanceof UnreadableRatesError ? 'unreadable' : 'unreachable';
      this.outcomes.inc({ outcome: kind });
      this.logger.warn({
        event: 'exchange_rates.not_refreshed',
        kind,
        retry_in_seconds: retryIn,
        err: error,
      });
      await this.db.rows(FAIL_REFRESH, [token, retryIn, kind]);
      return false;
    }
  }

  /** Rates of the future would stay the newest until then. */
  private checked(found: ReferenceRates): ReferenceRates {
    if (Date.parse(found.date) > this.clock.now().getTime() + DAY_MS) {
      throw new UnreadableRatesError('a day in the future');
    }
    return found;
  }
}
