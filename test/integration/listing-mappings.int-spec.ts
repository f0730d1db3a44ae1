import type { TestingModule } from '@nestjs/testing';
import { ListingIngest, ListingsModule } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertUser } from '../support/factories/users';
import { insertWatchRelease } from '../support/factories/watch-releases';
import { startModule } from '../support/nest-module';

describe('mapping of listings to watched releases', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let ingest: ListingIngest;

  beforeAll(async () => {
    module = await startModule([ListingsModule], { DATABASE_URL: database.url });
    db = module.get(Database);
    ingest = module.get(ListingIngest);
  });
  afterAll(async () => await module.close());

  const watch = async (masterId: number, title: string, artist: string | null) => {
    const userId = await insertUser(db);
    const id = await insertWatchRelease(db, {
      userId,
      matchMode: 'master_release',
      discogsReleaseId: masterId,
      discogsMasterId: masterId,
      title,
      artist,
    });
    return { id, userId };
  };
  const onEbay = (title: string, over = {}) =>
    aListing({ provider: 'ebay', title, discogsReleaseId: null, discogsMasterId: null, ...over });
  const alertsOf = async (userId: string) =>
    await db.rows<{ payload: { matched: object } }>(
      `SELECT payload FROM events WHERE user_id = $1 AND type = 'NEW_MATCH'`,
      [userId],
    );
  const mappingsOf = async (externalId: string) =>
    await db.rows(
      `SELECT m.kind, m.discogs_id, m.evidence, m.score FROM listing_mappings m JOIN listings l ON l.id = m.listing_id
       WHERE l.external_id = $1 ORDER BY 1, 2, 3`,
      [externalId],
    );

  it('tells everybody who waits for a release of an eBay listing that names it, once, and says why', async () => {
    const watches = [await watch(1001, 'Tago Mago', 'Can'), await watch(1001, 'Tago Mago', 'Can (2)')];
    const listing = onEbay('CAN Tago Mago 2LP United Artists UAS 29211');
    await ingest.ingest([listing]);
    await ingest.ingest([{ ...listing, price: '19.00' }]);

    for (const { userId } of watches) {
      expect((await alertsOf(userId)).map(({ payload }) => payload.matched)).toMatchObject([
        { discogs_master_id: 1001, mapping: { evidence: 'artist_title', artist: 'can', title: 'tago mago' } },
      ]);
    }
    expect(await mappingsOf(listing.externalId)).toEqual([
      { kind: 'master', discogs_id: 1001, evidence: 'artist_title', score: '0.95' },
    ]);
  });

  it('keeps what a title has said when it says it no longer', async () => {
    await watch(1002, 'Ege Bamyasi', 'Can');
    const listing = onEbay('Can - Ege Bamyasi LP');
    await ingest.ingest([listing]);
    await ingest.ingest([{ ...listing, title: 'Krautrock LP' }]);

    expect(await mappingsOf(listing.externalId)).toHaveLength(1);
  });

  it('is silent about other things of that name, and about listings that the marketplace has mapped', async () => {
    const { userId } = await watch(1003, 'Future Days', 'Can');
    await ingest.ingest([
      onEbay('Can - Future Days CD'),
      onEbay('Can Future Days T-Shirt'),
      onEbay('Can - Future Days LP', { discogsReleaseId: 5, discogsMasterId: 6 }),
    ]);

    expect(await alertsOf(userId)).toEqual([]);
  });

  describe('events about an eBay listing', () => {
    const aspects = { label: 'United Artists', catno: 'UAS 29211', year: 1971, format: 'Vinyl, 12"' };
    const grades = {
      media: { grade: 'VG+', source: 'aspect' },
      sleeve: { grade: 'VG', source: 'aspect' },
    };
    const unknown = { grade: 'unknown', source: null };
    const watchExact = async (releaseId: number, title: string) => {
      const userId = await insertUser(db);
      await insertWatchRelease(db, {
        userId,
        matchMode: 'exact_release',
        discogsReleaseId: releaseId,
        discogsMasterId: null,
        title,
        artist: 'Can',
        year: 1971,
      });
      return userId;
    };
    const payloadsOf = async (userId: string, type: string) =>
      (
        await db.rows<{ payload: Record<string, unknown> }>(
          'SELECT payload FROM events WHERE user_id = $1 AND type = $2',
          [userId, type],
        )
      ).map(({ payload }) => payload);

    it('name the release that its title names, as Discogs describes it, beside what the seller says', async () => {
      const raw = { year: 1971, country: 'Germany', label: 'United Artists Records', catno: 'UAS 29094' };
      await ingest.ingest([
        aListing({ provider: 'discogs', title: 'Another name', discogsReleaseId: 2001, price: '1.00', raw }),
      ]);
      const userId = await watchExact(2001, 'Monster Movie');
      const listing = onEbay('Can Monster Movie LP 1971', { raw: { aspects, grades }, condition: 'VG+' });
      await ingest.ingest([listing]);

      const told = {
        condition: 'VG+',
        sleeve_condition: 'VG',
        pressing: '1971, United Artists, UAS 29211, Vinyl, 12"',
        mapped_release: {
          discogs_release_id: 2001,
          pressing: '1971, Germany, United Artists Records, UAS 29094',
        },
      };
      expect(await payloadsOf(userId, 'NEW_MATCH')).toMatchObject([told]);

      // What a search does not show stays known.
      const seen = { ...listing, price: '5.00', raw: { grades: { media: unknown, sleeve: unknown } } };
      await ingest.ingest([seen]);
      expect(await payloadsOf(userId, 'LISTING_PRICE_DROP')).toMatchObject([told]);
    });

    it('name the release by its number where Discogs was not seen to sell it', async () => {
      const userId = await watchExact(2002, 'Soundtracks');
      await ingest.ingest([onEbay('Can Soundtracks LP 1971')]);

      expect(await payloadsOf(userId, 'NEW_MATCH')).toMatchObject([
        {
          sleeve_condition: null,
          pressing: null,
          mapped_release: { discogs_release_id: 2002, pressing: null },
        },
      ]);
    });
  });

  it('follows a release that is renamed', async () => {
    const { id, userId } = await watch(1004, 'Landed', 'Can');
    await ingest.ingest([onEbay('Can - Soon Over Babaluma LP vg')]);
    expect(await alertsOf(userId)).toHaveLength(0);

    await db.rows(`UPDATE watch_releases SET title = 'Soon Over Babaluma' WHERE id = $1`, [id]);
    await ingest.ingest([onEbay('Can - Soon Over Babaluma LP')]);
    expect(await alertsOf(userId)).toHaveLength(1);
  });

  it('never lets a name that one user has written speak for the release of another', async () => {
    const honest = await watch(1005, 'Landed', 'Can');
    await watch(1005, 'Thriller', 'Michael Jackson');
    await ingest.ingest([onEbay('Michael Jackson - Thriller LP 1982')]);

    expect(await alertsOf(honest.userId)).toEqual([]);
  });

  describe('by what is printed on the release', () => {
    const exact = async (releaseId: number, title: string) => {
      const userId = await insertUser(db);
      const over = {
        discogsReleaseId: releaseId,
        discogsMasterId: releaseId,
        title,
        artist: 'Can',
        year: 1973,
      };
      return { id: await insertWatchRelease(db, { userId, matchMode: 'exact_release', ...over }), userId };
    };
    const onEbayOnly = async (userId: string) =>
      (await alertsOf(userId)).filter(({ payload }) => 'provider' in payload && payload.provider === 'ebay');
    const onDiscogs = (releaseId: number, raw: Record<string, unknown>) =>
      aListing({ provider: 'discogs', discogsReleaseId: releaseId, title: 'Somebody - Something', raw });
    const evidenceOf = async (userId: string): Promise<unknown[]> =>
      (await onEbayOnly(userId)).map(({ payload }) => (payload.matched as { mapping?: object }).mapping);

    it('knows a pressing by the number that Discogs says, for watches that are there already', async () => {
      const { userId } = await exact(2001, 'Delay 1968');
      await ingest.ingest([onEbay('Can - Delay 1968 LP')]);
      await ingest.ingest([onDiscogs(2001, { catnos: ['SPOON 012'], barcodes: ['5099902987613'] })]);
      const listing = onEbay('Can - Delay LP Spoon 012 blue label');
      await ingest.ingest([onEbay('Can - Delay 1968 LP SPOON 012'), listing]);

      expect(await evidenceOf(userId)).toMatchObject([{ evidence: 'artist_title_catno', code: 'SPOON 012' }]);
    });

    it('forgets no number that it has heard of, and counts nothing new as no change', async () => {
      const { id } = await exact(2002, 'Unlimited');
      const version = async () =>
        (await db.rows<{ version: number }>('SELECT version FROM watch_releases WHERE id = $1', [id]))[0]
          ?.version;
      await ingest.ingest([onDiscogs(2002, { catnos: ['UAS 1'], barcodes: ['12345670'] })]);
      const before = await version();
      await ingest.ingest([onDiscogs(2002, { catno: 'UAS 1' }), onDiscogs(2002, {})]);
      expect(await version()).toBe(before);
      await ingest.ingest([onDiscogs(2002, { catnos: ['UAS 2'] })]);

      expect(await version()).toBe((before ?? 0) + 1);
      expect(await db.rows('SELECT * FROM release_codes WHERE discogs_release_id = 2002')).toMatchObject([
        { catalogue_numbers: expect.arrayContaining(['UAS 1', 'UAS 2']) as string[], barcodes: ['12345670'] },
      ]);
    });

    it('matches when item specifics say the barcode that the search did not show, and keeps both pieces of evidence', async () => {
      const { userId } = await exact(2003, 'Flow Motion');
      const { userId: anyPressing } = await watch(2003, 'Flow Motion', 'Can');
      await ingest.ingest([onDiscogs(2003, { barcodes: ['5099902987613'] })]);
      const listing = onEbay('Can - Flow Motion LP');
      await ingest.ingest([listing]);
      expect(await onEbayOnly(userId)).toEqual([]);

      await ingest.ingest([{ ...listing, raw: { aspects: { barcode: '5099902987613' } } }]);
      await ingest.ingest([{ ...listing, price: '3.00' }]);

      expect(await evidenceOf(userId)).toMatchObject([{ evidence: 'artist_title_barcode' }]);
      expect(await alertsOf(anyPressing)).toHaveLength(1);
      expect(await mappingsOf(listing.externalId)).toEqual([
        { kind: 'master', discogs_id: 2003, evidence: 'artist_title', score: '0.95' },
        { kind: 'master', discogs_id: 2003, evidence: 'artist_title_barcode', score: '0.99' },
        { kind: 'release', discogs_id: 2003, evidence: 'artist_title_barcode', score: '0.99' },
      ]);
    });
  });
});
