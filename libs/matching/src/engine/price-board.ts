import type { MatchableListing } from '../listing';
import type { FxRates } from '../money';
import { priceIn } from '../predicate';
import { bandOf } from './price-bands';

/** The number of "no price bound"; every listing costs 0 in it. */
export const NO_CURRENCY = 0;

/**
 * The price of the current listing in every currency that a rule uses, converted once; apart with shipping and without,
 * so a currency may have two numbers.
 */
export class PriceBoard {
  /** Hot: hundredths by currency number; `NaN` where the listing does not compare. */
  prices = new Float64Array(8);
  /** Hot: the price band by currency number. */
  bands = new Int32Array(8);
  private readonly currencies: { currency: string; includesShipping: boolean }[] = [
    { currency: '', includesShipping: false },
  ];
  private readonly numbers = new Map<string, number>();

  get currencyCount(): number {
    return this.currencies.length;
  }

  numberOf(currency: string | null, includesShipping = false): number {
    if (currency === null) return NO_CURRENCY;
    const key = includesShipping ? `${currency}+` : currency;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = this.currencies.push({ currency, includesShipping }) - 1;
    this.numbers.set(key, number);
    if (number >= this.prices.length) {
      this.prices = new Float64Array(number * 2);
      this.bands = new Int32Array(number * 2);
    }
    return number;
  }

  read(listing: MatchableListing, fx: FxRates): void {
    for (let number = 1; number < this.currencies.length; number++) {
      const { currency = '', includesShipping = false } = this.currencies[number] ?? {};
      const price = priceIn(currency, listing, fx, includesShipping) ?? NaN;
      this.prices[number] = price;
      this.bands[number] = bandOf(price);
    }
  }
}
