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
});
