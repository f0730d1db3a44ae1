import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { ListingIngest } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { WatchRulesApiModule } from '@waxwatch/watch-rules';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { type HttpApp, startHttpApp } from '../support/http-app';

describe('the preview of a rule', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let me: Collector;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, WatchRulesApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
    });
    db = http.app.get(Database);
    me = aCollector(http, issuer);
    await http.app
      .get(ListingIngest)
      .ingest([
        aListing({ provider: 'mock', title: 'Can - Tago Mago 2LP', price: '30.00', condition: 'VG+' }),
        aListing({ provider: 'mock', title: 'Can - Tago Mago 2LP', price: '90.00', condition: null }),
        aListing({ provider: 'mock', title: 'Faust - Faust IV LP', price: '90.00', condition: 'VG+' }),
      ]);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  const query = { sources: ['mock'], keywords: ['tago mago'], max_price: 50, min_condition: 'VG' };
  const preview = async (body: unknown, params = '') =>
    await me.call('POST', `/api/watch-rules/preview${params}`, body);

  it('says what it would accept and reject, why, the same record before others', async () => {
    const { status, body } = await preview({ name: 'Can', query });

    expect([status, body]).toMatchObject([
      200,
      {
        checked: 3,
        accepted_count: 1,
        rejected_count: 2,
        accepted: [
          {
            listing: { title: 'Can - Tago Mago 2LP', price: 30 },
            match_context: { reason: 'rule_filters_passed', keywords: ['tago mago'], compared_price: 30 },
          },
        ],
        rejected: [
          {
            listing: { title: 'Can - Tago Mago 2LP', price: 90 },
            reasons: [{ code: 'grade_unknown' }, { code: 'price_too_high', detail: '90.00 USD' }],
          },
          {
            listing: { title: 'Faust - Faust IV LP' },
            reasons: [{ code: 'word_missing', detail: 'tago mago' }, { code: 'price_too_high' }],
          },
        ],
      },
    ]);
  });

  it('shows at most as many as are asked for, and counts all', async () => {
    const { body } = await preview({ name: 'Can', query }, '?limit=1');

    expect(body).toMatchObject({ rejected_count: 2, rejected: [{ listing: { price: 90 } }] });
    expect((body as { rejected: unknown[] }).rejected).toHaveLength(1);
  });

  it('stores nothing', async () => {
    await preview({ name: 'Can', query });

    const [row] = await db.rows(
      `SELECT (SELECT count(*)::int FROM watch_search_rules) AS rules, (SELECT count(*)::int FROM watch_matches) AS matches,
         (SELECT count(*)::int FROM poll_targets) AS targets, (SELECT count(*)::int FROM events) AS events`,
    );
    expect(row).toEqual({ rules: 0, matches: 0, targets: 0, events: 0 });
  });

  it.each<[why: string, body: unknown, params: string]>([
    ['a rule that could not be stored', { name: 'Can', query: { sources: ['nowhere'] } }, ''],
    ['a rule that can never match', { name: 'Can', query: { ...query, keywords: ['!!!'] } }, ''],
    ['a limit of nothing', { name: 'Can', query }, '?limit=0'],
    ['a limit beyond its bounds', { name: 'Can', query }, '?limit=51'],
  ])('refuses %s', async (_why, body, params) => {
    expect((await preview(body, params)).status).toBe(422);
  });
});
