/**
 * Money here is an integer count of hundredths of a currency's unit, for every currency alike, because prices
 * are stored with two fraction digits.
 */
export interface FxRates {
  /** The day that the rates are for, such as `2026-03-13`; null when there are none. */
  readonly date: string | null;
  /**
   * The amount in another currency, rounded to the nearest hundredth, half of one up; null when there is no rate for
   * the pair.
   */
  convert(minor: number, from: string, to: string): number | null;
}

/** No rates at all: only amounts of one currency compare. */
export const SAME_CURRENCY_ONLY: FxRates = {
  date: null,
  convert: (minor, from, to) => (from === to ? minor : null),
};

/**
 * Rates from a reference table.
 * @param base the table's own currency, such as `EUR`
 * @param rates units of each currency for one unit of the base
 * @param date the day that they are for
 */
export function fxTable(
  base: string,
  rates: Readonly<Record<string, number>>,
  date: string | null = null,
): FxRates {
  const perBase = new Map(
    Object.entries(rates)
      .filter(([, rate]) => Number.isFinite(rate) && rate > 0)
      .map(([currency, rate]) => [currency.toUpperCase(), rate]),
  );
  perBase.set(base.toUpperCase(), 1);
  return {
    date,
    convert(minor, from, to) {
      if (from === to) return minor;
      const fromRate = perBase.get(from);
      const toRate = perBase.get(to);
      if (fromRate === undefined || toRate === undefined) return null;
      return Math.round((minor * toRate) / fromRate);
    },
  };
}

/** How JavaScript prints a number without exponent, at most 15 digits before the point. */
const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

/**
 * A decimal amount in hundredths, rounded down or up where it has more than two fraction digits. It reads the
 * digits as written, so `19.99` is 1999 and not 1998.
 * @returns null when the value is no decimal number; infinite when it is larger than any price
 */
export function toMinor(value: unknown, rounding: 'down' | 'up'): number | null {
  const number = readNumber(value);
  if (number === null) return null;
  const [, sign, units, fraction = ''] = DECIMAL.exec(String(number)) ?? [];
  if (units === undefined) return extremeToMinor(number, rounding);
  const isNegative = sign === '-';
  const hundredths = Number(units) * 100 + Number(fraction.slice(0, 2).padEnd(2, '0'));
  const hasRest = /[1-9]/.test(fraction.slice(2));
  const size = hundredths + (hasRest && (rounding === 'up') !== isNegative ? 1 : 0);
  return isNegative ? 0 - size : size;
}

function readNumber(value: unknown): number | null {
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** Numbers that print with an exponent: beyond any price, or next to nothing. */
function extremeToMinor(number: number, rounding: 'down' | 'up'): number {
  if (Math.abs(number) > 1) return number > 0 ? Infinity : -Infinity;
  if (number > 0) return rounding === 'up' ? 1 : 0;
  return rounding === 'up' ? 0 : -1;
}
