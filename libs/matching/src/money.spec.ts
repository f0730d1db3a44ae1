import { fxTable, SAME_CURRENCY_ONLY, toMinor } from './money';

describe('toMinor', () => {
  it.each([
    [19.99, 1999],
    ['19.99', 1999],
    [' 19.9 ', 1990],
    ['12.50', 1250],
    [0.1 + 0.2, 30],
    [1.005, 100],
    [0, 0],
    [-0, 0],
    [4_503_599_627, 450_359_962_700],
  ])('reads %j as %d hundredths', (value, minor) => {
    expect(toMinor(value, 'down')).toBe(minor);
  });

  it('rounds as it is told, towards the bound that it serves', () => {
    expect(toMinor(19.995, 'down')).toBe(1999);
    expect(toMinor(19.995, 'up')).toBe(2000);
    expect(toMinor(-0.001, 'down')).toBe(-1);
    expect(toMinor(1e-9, 'up')).toBe(1);
    expect(toMinor(1e-9, 'down')).toBe(0);
    expect(toMinor(1e300, 'down')).toBe(Infinity);
    expect(toMinor(-1e300, 'down')).toBe(-Infinity);
  });

  it.each([null, undefined, true, '', '  ', 'ten', NaN, Infinity, {}, [5]])(
    'takes %p for no amount',
    (value) => {
      expect(toMinor(value, 'down')).toBeNull();
    },
  );
});

describe('fxTable', () => {
  const fx = fxTable('EUR', { USD: 1.25, GBP: 0.8, XXX: 0, YYY: NaN });

  it('converts to, from and across the base, in whole hundredths', () => {
    expect(fx.convert(1000, 'EUR', 'USD')).toBe(1250);
    expect(fx.convert(1250, 'USD', 'EUR')).toBe(1000);
    expect(fx.convert(800, 'GBP', 'USD')).toBe(1250);
    expect(fx.convert(333, 'USD', 'EUR')).toBe(266);
    expect(fx.convert(2, 'EUR', 'USD')).toBe(3); // 2.5: half of a hundredth goes up
  });

  it('has no answer without a usable rate, but always compares a currency with itself', () => {
    expect(fx.convert(1000, 'EUR', 'JPY')).toBeNull();
    expect(fx.convert(1000, 'XXX', 'EUR')).toBeNull();
    expect(fx.convert(1000, 'YYY', 'EUR')).toBeNull();
    expect(fx.convert(1000, 'JPY', 'JPY')).toBe(1000);
    expect(SAME_CURRENCY_ONLY.convert(1000, 'EUR', 'USD')).toBeNull();
    expect(SAME_CURRENCY_ONLY.convert(1000, 'EUR', 'EUR')).toBe(1000);
  });
});
