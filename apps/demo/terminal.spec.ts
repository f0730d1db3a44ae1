import type { AlertEvent } from './follow-alerts';
import { alertLines, NO_COLOURS, welcomeLines } from './terminal';

const ALERT: AlertEvent = {
  id: '1',
  type: 'NEW_MATCH',
  created_at: '2026-01-05T10:00:00.000000Z',
  rule_id: 'r1',
  payload: {
    rule_name: 'Kraftwerk',
    listing_title: 'Kraftwerk - Autobahn LP',
    price: 31.5,
    currency: 'USD',
    shipping_price: 5,
    condition: 'VG+',
    seller: 'shop',
    location: 'US',
    provider: 'mock',
    matched: { keywords: ['kraftwerk'], price_limit: 40, currency: 'USD', min_condition: 'VG' },
  },
};
const linesOf = (payload: Partial<AlertEvent['payload']>, type: AlertEvent['type'] = 'NEW_MATCH'): string[] =>
  alertLines({ ...ALERT, type, payload: { ...ALERT.payload, ...payload } }, NO_COLOURS);

describe('alertLines', () => {
  it('says what, for how much, where and why', () => {
    const [what, price, why] = linesOf({});

    expect(what).toMatch(/^\d\d:\d\d:\d\d {2}NEW MATCH {3}Kraftwerk - Autobahn LP$/);
    expect(price?.trim()).toBe('$31.50 + $5.00 shipping · VG+ · mock marketplace (shop, US)');
    expect(why?.trim()).toBe('why: rule "Kraftwerk" · title has "kraftwerk" · $40.00 or less · VG or better');
  });

  it('shows both prices of a drop', () => {
    const [what, price] = linesOf({ old_price: 42, matched: undefined }, 'LISTING_PRICE_DROP');

    expect(what).toContain('PRICE DROP');
    expect(price).toContain('$42.00 → $31.50 (−25 %)');
  });

  it('lets no stranger write to the terminal', () => {
    const text = linesOf({ listing_title: 'a\u001b[2Jb\nc\u202ed', seller: '\u0007x' }).join('');

    expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('copes with a currency that is none', () => {
    expect(linesOf({ currency: 'no', shipping_price: null })[1]).toContain('31.50 no · VG+');
  });
});

describe('welcomeLines', () => {
  it('prints lines that can be pasted into a shell', () => {
    const text = welcomeLines({ url: 'http://127.0.0.1:8000', token: 'abc', ruleId: 'r1' }, NO_COLOURS).join(
      '\n',
    );

    expect(text).toContain('\nTOKEN=abc\n');
    expect(text.match(/^curl /gm)).toHaveLength(3);
    expect(text).toContain('"http://127.0.0.1:8000/api/watch-rules/r1/matches?limit=3"');
  });
});
