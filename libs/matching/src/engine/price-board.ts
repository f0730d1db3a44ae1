import type { MatchableListing } from '../listing';
import type { FxRates } from '../money';
import { priceIn } from '../predicate';
import { bandOf } from './price-bands';

/** The number of "no price bound"; every listing costs 0 in it. */
export const NO_CURRENCY = 0;

/** The price of the current listing in every currency that a rule uses, converted once. */
export class PriceBoard {
  /** Hot: hundredths by currency number; `NaN` where the listing does not compare. */
  prices = new Float64Array(8);
  /** Hot: the price band by currency number. */
  bands = new Int32Array(8);
  private readonly currencies: string[] = [''];
  private readonly numbers = new Map<string, number>();

  get currencyCount(): number {
    return this.currencies.length;
  }

  numberOf(currency: string | null): number {
    if (currency === null) return NO_CURRENCY;
    const known = this.numbers.get(currency);
    if (known !== undefined) return known;
    const number = this.currencies.push(currency) - 1;
    this.numbers.set(currency, number);
    if (number >= this.prices.length) {
      this.prices = new Float64Array(number * 2);
      this.bands = new Int32Array(number * 2);
    }
    return number;
  }

  read(listing: MatchableListing, fx: FxRates): void {
    for (let number = 1; number < this.currencies.length; number++) {
      const price = priceIn(this.currencies[number] ?? '', listing, fx) ?? NaN;
      this.prices[number] = price;
      this.bands[number] = bandOf(price);
    }
  }
}
