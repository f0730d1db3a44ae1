import { Injectable } from '@nestjs/common';
import { ExchangeRates } from '@waxwatch/exchange-rates';
import { currencyOfMarketplace } from '@waxwatch/integrations';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import type { ClaimedTarget } from './poll-schedule';
import { ACCEPTED_PRICES } from './price-ceilings.sql';

/** Rates move until the next poll; a copy that becomes affordable by then should be known. */
const HEAD_ROOM = 1.05;
/** Above it a filter spares nothing, and below it the marketplace's smallest step counts. */
const HIGHEST = 1_000_000;

interface AcceptedPrice {
  targetId: string;
  currency: string;
  highest: number | null;
  isOpen: boolean;
}

/** Up to which price it makes sense to ask a marketplace for somebody's words. */
@Injectable()
export class PriceCeilings {
  constructor(
    private readonly db: Database,
    private readonly rates: ExchangeRates,
    @InjectConfig() private readonly config: Pick<AppConfig, 'EBAY_MARKETPLACE_ID'>,
  ) {}

  /**
   * The highest price that anybody behind a question accepts, in the currency of its marketplace and with head room;
   * questions that somebody asks without a ceiling, or that know no filter, are not in the answer.
   */
  async of(targets: readonly ClaimedTarget[]): Promise<Map<string, number>> {
    const filtered = targets.filter(({ provider, kind }) => provider === 'ebay' && kind === 'search');
    const ceilings = new Map<string, number>();
    if (filtered.length === 0) return ceilings;
    const rows = await this.db.rows<AcceptedPrice>(ACCEPTED_PRICES, [filtered.map(({ id }) => id)]);
    const fx = await this.rates.current();
    for (const target of filtered) {
      const home = this.currencyOf(target);
      const accepted = rows.filter(({ targetId }) => targetId === target.id);
      const highest = accepted.map(({ currency, highest: price, isOpen }) => {
        const converted = isOpen || price === null ? null : fx.convert(toMinor(price), currency, home);
        return converted === null ? Infinity : roundedUp(converted / 100, currency !== home);
      });
      const ceiling = highest.length === 0 ? Infinity : Math.max(...highest);
      if (ceiling < HIGHEST) ceilings.set(target.id, ceiling);
    }
    return ceilings;
  }

  /** The currency in which a question's marketplace states prices. */
  currencyOf({ marketplace }: Pick<ClaimedTarget, 'marketplace'>): string {
    return currencyOfMarketplace(marketplace === '' ? this.config.EBAY_MARKETPLACE_ID : marketplace);
  }
}

const toMinor = (price: number): number => Math.ceil(Math.max(price, 0) * 100);

/** Whole units; a converted price to two digits, so that the question stays the same while rates move a little. */
function roundedUp(price: number, isConverted: boolean): number {
  if (!isConverted) return Math.max(Math.ceil(price), 1);
  const roomy = price * HEAD_ROOM;
  const step = 10 ** Math.max(Math.floor(Math.log10(Math.max(roomy, 1))) - 1, 0);
  return Math.max(Math.ceil(roomy / step) * step, 1);
}
