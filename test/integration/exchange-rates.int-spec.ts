import type { TestingModule } from '@nestjs/testing';
import { ExchangeRates, ExchangeRatesModule, RatesRefresh, SHIPPED_RATES } from '@waxwatch/exchange-rates';
import { ListingIngest, ListingsModule } from '@waxwatch/listings';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { EcbSimulator } from '../simulators/ecb/ecb-simulator';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { startModule } from '../support/nest-module';

describe('exchange rates', () => {
  const database = useTestDatabase();
  const ecb = new EcbSimulator();
  let module: TestingModule;
  let db: Database;
  let today: string;

  /** A process of its own, which has read nothing yet. */
  const start = async (): Promise<TestingModule> =>
    await startModule([ListingsModule, ExchangeRatesModule], {
      DATABASE_URL: database.url,
      FX_RATES_URL: ecb.ratesUrl,
      FX_REFRESH_ENABLED: 'false', // the tests hold the clock
    });
  const refresh = async (): Promise<boolean> => await module.get(RatesRefresh).refreshDue();
  const makeDue = async () => await db.rows('UPDATE exchange_rate_refresh SET due_at = now()');
  const stored = async () =>
    await db.rows<{ date: string; currency: string; rate: string }>(
      `SELECT rate_date::text AS date, currency, rate::float8::text AS rate FROM exchange_rates ORDER BY 1, 2`,
    );
  const state = async () =>
    (
      await db.rows<Record<string, unknown>>(
        `SELECT failures, last_error, lease_token, extract(epoch FROM due_at - now())::int AS due_in
         FROM exchange_rate_refresh`,
      )
    )[0];

  beforeAll(async () => {
    await ecb.start();
    module = await start();
    db = module.get(Database);
    today = module.get(Clock).now().toISOString().slice(0, 10);
  });
  beforeEach(async () => {
    ecb.reset();
    ecb.publish(today, { USD: '1.2500', GBP: '0.80000', JPY: '160.00', SEK: '11.0000', CHF: '0.9000' });
    await db.rows('TRUNCATE exchange_rates');
    await db.rows(
      'UPDATE exchange_rate_refresh SET due_at = now(), failures = 0, last_error = NULL, lease_token = NULL',
    );
  });
  afterAll(async () => {
    await module.close();
    await ecb.stop();
  });

  it('are stored with their day, and asked for again after a while only', async () => {
    expect(await refresh()).toBe(true);
    expect(await stored()).toEqual([
      { date: today, currency: 'CHF', rate: '0.9' },
      { date: today, currency: 'GBP', rate: '0.8' },
      { date: today, currency: 'JPY', rate: '160' },
      { date: today, currency: 'SEK', rate: '11' },
      { date: today, currency: 'USD', rate: '1.25' },
    ]);
    expect(await refresh()).toBe(false);
    expect(ecb.journal).toHaveLength(1);
    expect(await state()).toMatchObject({ failures: 0, lease_token: null });
  });

  it('are asked for by one process at a time', async () => {
    const results = await Promise.all([refresh(), refresh(), refresh(), refresh()]);
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(ecb.journal).toHaveLength(1);
  });

  it('take the corrected numbers of the same day', async () => {
    await refresh();
    ecb.publish(today, { USD: '1.3000', GBP: '0.80000', JPY: '160.00', SEK: '11.0000', CHF: '0.9000' });
    await makeDue();
    await refresh();
    expect((await stored()).filter(({ currency }) => currency === 'USD')).toEqual([
      { date: today, currency: 'USD', rate: '1.3' },
    ]);
  });

  it.each([
    ['an error', () => ecb.inject({ kind: 'status', status: 503 }), 'unreachable'],
    ['a page instead of rates', () => ecb.inject({ kind: 'html', status: 200 }), 'unreadable'],
    ['a document that was cut', () => ecb.inject({ kind: 'truncated' }), 'unreadable'],
    ['a connection that was cut', () => ecb.inject({ kind: 'cut' }), 'unreachable'],
    [
      'another address',
      () => ecb.inject({ kind: 'redirect', location: 'http://127.0.0.1:1/' }),
      'unreachable',
    ],
    ['no rates', () => ecb.inject({ kind: 'empty_page' }), 'unreadable'],
    ['numbers in another notation', () => ecb.inject({ kind: 'malformed_items' }), 'unreadable'],
    ['a currency twice', () => ecb.inject({ kind: 'duplicate_rows' }), 'unreadable'],
    [
      'rates of the future',
      () => ecb.publish('2199-01-01', { USD: '1', GBP: '1', JPY: '1', SEK: '1', CHF: '1' }),
      'unreadable',
    ],
  ])('stay as they were after %s', async (_name, spoil, lastError) => {
    await refresh();
    const before = await stored();
    await makeDue();
    spoil();
    expect(await refresh()).toBe(false);
    expect(await stored()).toEqual(before);
    const after = await state();
    expect(after).toMatchObject({ failures: 1, last_error: lastError, lease_token: null });
    expect(Number(after?.due_in)).toBeLessThanOrEqual(60);
  });

  it('come with the program until there are others', async () => {
    const other = await start();
    try {
      const fx = await other.get(ExchangeRates).current();
      expect(fx.date).toBe(SHIPPED_RATES.date);
      expect(fx.convert(100_00, 'EUR', 'USD')).toBe(Math.round(Number(SHIPPED_RATES.rates.USD) * 100_00));
      expect(fx.convert(100_00, 'EUR', 'XAU')).toBeNull();
    } finally {
      await other.close();
    }
  });

  it('make listings in other currencies comparable, and the match says by which day', async () => {
    await refresh();
    const fresh = await start();
    try {
      const userId = await insertUser(db);
      const query = { keywords: ['frizzle'], sources: ['ebay'], max_price: 30, currency: 'EUR' };
      const ruleId = await insertRule(db, { userId, query });
      const cheap = aListing({ price: '37.50', currency: 'USD' });
      const dear = aListing({ price: '37.52', currency: 'USD' });
      const incomparable = aListing({ price: '1.00', currency: 'XAU' });
      await fresh.get(ListingIngest).ingest([cheap, dear, incomparable]);
      const matches = await db.rows<{ external_id: string; match_context: Record<string, unknown> }>(
        `SELECT l.external_id, m.match_context FROM watch_matches m JOIN listings l ON l.id = m.listing_id
         WHERE m.rule_id = $1`,
        [ruleId],
      );
      expect(matches).toEqual([
        {
          external_id: cheap.externalId,
          match_context: expect.objectContaining({
            price_limit: 30,
            compared_price: 30,
            currency: 'EUR',
            rate_date: today,
          }) as unknown,
        },
      ]);
    } finally {
      await fresh.close();
    }
  });
});
