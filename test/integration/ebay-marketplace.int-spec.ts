import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { ProfileApiModule } from '@waxwatch/profile';
import { WatchReleasesApiModule } from '@waxwatch/watch-releases';
import { WatchRulesApiModule } from '@waxwatch/watch-rules';
import { type Collector, aCollector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { type HttpApp, startHttpApp } from '../support/http-app';

describe('the marketplace of a user', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let ada: Collector;

  const wants = async (marketplace: unknown) =>
    await ada.call('PATCH', '/api/me', { preferences: { ebay_marketplace_id: marketplace } });
  const rule = async (query: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    (
      (
        await ada.call('POST', '/api/watch-rules', {
          name: 'A rule',
          query: { sources: ['ebay'], ...query },
          ...more,
        })
      ).body as { id: string }
    ).id;
  /** What is asked, and for how many. */
  const asked = async () =>
    (
      await db.rows<{ line: string }>(
        `SELECT concat_ws(' ', nullif(t.marketplace, ''), t.key, count(s.target_id)) AS line
         FROM poll_targets t JOIN poll_subscriptions s ON s.target_id = t.id
         WHERE t.provider = 'ebay' AND t.due_at < 'infinity' GROUP BY t.id ORDER BY 1`,
      )
    ).map(({ line }) => line);

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, ProfileApiModule, WatchRulesApiModule, WatchReleasesApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      EBAY_CLIENT_ID: 'an-id',
      EBAY_CLIENT_SECRET: 'a-secret',
      EBAY_MARKETPLACE_ID: 'EBAY_US',
    });
    db = http.app.get(Database);
  });
  beforeEach(async () => {
    await db.rows('TRUNCATE watch_search_rules, poll_targets CASCADE');
    ada = aCollector(http, issuer);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  it('is where rules ask that name none', async () => {
    expect((await wants('ebay_gb')).body).toMatchObject({ preferences: { ebay_marketplace_id: 'EBAY_GB' } });
    await rule({ keywords: ['can'] });
    await rule({ keywords: ['can'], ebay_marketplace: 'EBAY_US' });
    expect(await asked()).toEqual(['EBAY_GB can 1', 'can 1']);
  });

  it('takes rules along when it changes, but none that names its own, is off, or belongs to others', async () => {
    await rule({ keywords: ['can'] });
    await rule({ keywords: ['neu'] });
    await rule({ keywords: ['can'], ebay_marketplace: 'EBAY_DE' });
    await rule({ keywords: ['off'] }, { is_active: false });
    const others = ada;
    ada = aCollector(http, issuer);
    await rule({ keywords: ['can'] });

    ada = others;
    await wants('EBAY_GB');
    expect(await asked()).toEqual(['EBAY_DE can 1', 'EBAY_GB can 1', 'EBAY_GB neu 1', 'can 1']);
    await wants(null);
    expect(await asked()).toEqual(['EBAY_DE can 1', 'can 2', 'neu 1']);
  });

  it('takes watched releases along as well', async () => {
    const watch = { discogs_release_id: 77, discogs_master_id: 7, match_mode: 'master_release' };
    const release = { ...watch, title: 'Tago Mago', artist: 'Can' };
    expect((await ada.call('POST', '/api/watch-releases', release)).status).toBe(201);
    const [words] = await asked();
    expect(words).toContain('tago');
    await wants('EBAY_GB');
    expect(await asked()).toEqual([`EBAY_GB ${words}`]);
    await ada.call('POST', '/api/watch-releases', {
      ...release,
      discogs_release_id: 78,
      discogs_master_id: 8,
    });
    expect(await asked()).toEqual([`EBAY_GB ${words?.replace(' 1', ' 2')}`]);
  });

  it('takes what two of them ask as one question, and brings it back when it is the usual one', async () => {
    const watch = { discogs_master_id: 7, match_mode: 'master_release', title: 'Tago Mago', artist: 'Can' };
    await ada.call('POST', '/api/watch-releases', { ...watch, discogs_release_id: 77 });
    await rule({ keywords: ['can', 'tago', 'mago'] });
    const before = await asked();
    expect(before).toEqual([expect.stringMatching(/ 2$/)]);
    await wants('EBAY_GB');
    await wants('EBAY_GB');
    expect(await asked()).toEqual(before.map((line) => `EBAY_GB ${line}`));
    await wants('EBAY_US');
    expect(await asked()).toEqual(before);
    await wants('EBAY_GB');
    await wants(null);
    expect(await asked()).toEqual(before);
  });

  it('stays as it is when it is not named', async () => {
    await wants('EBAY_GB');
    await ada.call('PATCH', '/api/me', { preferences: { currency: 'GBP' } });
    await rule({ keywords: ['can'] });
    expect(await asked()).toEqual(['EBAY_GB can 1']);
  });

  it('loses no rule that is made while it changes', async () => {
    const rules = ['a', 'b', 'c', 'd'].map(async (word) => await rule({ keywords: [`${word}word`] }));
    await Promise.all([...rules, wants('EBAY_GB')]);
    expect(await asked()).toEqual(['a', 'b', 'c', 'd'].map((word) => `EBAY_GB ${word}word 1`));
  });

  it.each(['EBAY_XX', '', 7, 'EBAY_GB,EBAY_US', 'x'.repeat(21)])(
    'has to be one of eBay’s (%p)',
    async (name) => {
      await wants('EBAY_DE');
      const { status, body } = await wants(name);
      expect(status).toBe(422);
      expect(JSON.stringify(body)).toContain('ebay_marketplace_id');
      expect((await ada.call('GET', '/api/me')).body).toMatchObject({
        preferences: { ebay_marketplace_id: 'EBAY_DE' },
      });
    },
  );
});
