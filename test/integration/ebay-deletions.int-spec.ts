import { randomUUID } from 'node:crypto';
import { AuthModule } from '@waxwatch/auth';
import { EbayDeletionsApiModule, SellerErasures } from '@waxwatch/ebay-deletions';
import { ListingIngest } from '@waxwatch/listings';
import { Database } from '@waxwatch/platform/database';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from '../simulators/ebay/ebay-simulator';
import { useTestDatabase } from '../support/database';
import { aListing } from '../support/factories/listings';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { type HttpApp, startHttpApp } from '../support/http-app';

const PATH = '/api/webhooks/ebay/account-deletion';
const TOKEN = 'waxwatch-verification-token-0123456789abcd';
const CODE = 'a8628072-3d33-45ee-9004-bee86830a22d';

describe('eBay account deletion', () => {
  const database = useTestDatabase();
  const ebay = new EbaySimulator();
  let http: HttpApp;
  let db: Database;

  const env = () => ({
    DATABASE_URL: database.url,
    AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1',
    EBAY_API_BASE_URL: ebay.url,
    EBAY_CLIENT_ID,
    EBAY_CLIENT_SECRET,
    EBAY_MAX_ATTEMPTS: '1',
    EBAY_DELETION_VERIFICATION_TOKEN: TOKEN,
    PUBLIC_BASE_URL: 'https://api.waxwatch.example/',
  });
  const post = async (body: string, signature?: string): Promise<number> => {
    const response = await fetch(`${http.url}${PATH}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...(signature === undefined ? {} : { 'x-ebay-signature': signature }),
      },
    });
    return response.status;
  };
  const closeAccount = async (username: string, notificationId: string = randomUUID()): Promise<number> => {
    const { body, signature } = ebay.notifications.deletionOf({ username, notificationId });
    return await post(body, signature);
  };
  const erase = async () => await http.app.get(SellerErasures, { strict: false }).runDue();
  const deletion = async (id: string) =>
    (
      await db.rows<Record<string, unknown>>(
        `SELECT seller_names, passes, erased_at IS NOT NULL AS is_erased FROM ebay_account_deletions
         WHERE notification_id = $1`,
        [id],
      )
    )[0];
  const traces = async (seller: string): Promise<number> => {
    const [row] = await db.rows<{ n: number }>(
      `SELECT (SELECT count(*) FROM listings WHERE to_jsonb(listings)::text ILIKE $1)
         + (SELECT count(*) FROM events WHERE payload::text ILIKE $1)
         + (SELECT count(*) FROM watch_matches WHERE match_context::text ILIKE $1)
         + (SELECT count(*) FROM provider_requests WHERE to_jsonb(provider_requests)::text ILIKE $1)
         + (SELECT count(*) FROM ebay_account_deletions WHERE seller_names::text ILIKE $1) AS n`,
      [`%${seller}%`],
    );
    return Number(row?.n);
  };

  beforeAll(async () => {
    await ebay.start();
    http = await startHttpApp([AuthModule, EbayDeletionsApiModule], env());
    db = http.app.get(Database);
  });
  beforeEach(() => ebay.reset());
  afterAll(async () => {
    await http.close();
    await ebay.stop();
  });

  it('answers the challenge for the endpoint as it is registered', async () => {
    const answer = await http.call('GET', `${PATH}?challenge_code=${CODE}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      challengeResponse: '0934cd3982a1e4d0f3e0d3465aaeee9e77167670293b4d6294a2695e8319de39',
    });
    expect((await http.call('GET', PATH)).status).toBe(422);
  });

  it('erases a seller from listings and events, tells who watched that the copy is gone, and forgets the name', async () => {
    const userId = await insertUser(db);
    await insertRule(db, { userId, query: { keywords: ['primus'], sources: ['ebay'] } });
    const ingest = http.app.get(ListingIngest, { strict: false });
    const mine = aListing({ seller: 'Vinyl_Vault', location: 'GB', raw: { note: 'by vinyl_vault' } });
    const other = aListing({ seller: 'somebody_else' });
    await ingest.ingest([mine, other]);
    expect(await traces('vinyl_vault')).toBeGreaterThan(1);

    const id = randomUUID();
    expect(await closeAccount('vinyl_vault', id)).toBe(204);
    await erase();
    // A poll that had read the listing before stores it afterwards.
    await ingest.ingest([mine]);
    await db.rows(`UPDATE ebay_account_deletions SET due_at = now() WHERE notification_id = $1`, [id]);
    await erase();

    expect(await traces('vinyl_vault')).toBe(0);
    expect(await deletion(id)).toEqual({ seller_names: null, passes: 2, is_erased: true });
    expect(
      await db.rows('SELECT seller, location, raw, status FROM listings WHERE external_id = $1', [
        mine.externalId,
      ]),
    ).toEqual([{ seller: null, location: null, raw: null, status: 'ended' }]);
    expect(await traces('somebody_else')).toBeGreaterThan(1);
    const told = await db.rows<{ type: string; payload: Record<string, unknown> }>(
      `SELECT e.type, e.payload FROM events e JOIN listings l ON l.id = e.listing_id
       WHERE e.user_id = $1 AND l.external_id = $2 AND e.type IN ('NEW_MATCH', 'LISTING_ENDED')`,
      [userId, mine.externalId],
    );
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['NEW_MATCH', 'LISTING_ENDED']));
    for (const { payload } of told) {
      expect(payload).not.toHaveProperty('location');
      expect(payload).toMatchObject({ listing_title: mine.title });
    }
  });

  it('takes a notification once, however often it comes', async () => {
    const id = randomUUID();
    expect(await closeAccount('twice', id)).toBe(204);
    await erase();
    expect(await closeAccount('twice', id)).toBe(204);
    await erase();
    expect(await deletion(id)).toMatchObject({ passes: 1 });
  });

  it('refuses what eBay has not signed, and keeps nothing of it', async () => {
    const id = randomUUID();
    const { body, signature } = ebay.notifications.deletionOf({ username: 'victim', notificationId: id });
    expect(await post(body)).toBe(412);
    expect(await post(body.replace('victim', 'rival'), signature)).toBe(412);
    expect(await deletion(id)).toBeUndefined();
  });

  it('lets eBay come back while its key cannot be had', async () => {
    const id = randomUUID();
    ebay.notifications.rotate();
    ebay.inject({ kind: 'status', status: 500, path: '/commerce/notification' });
    expect(await closeAccount('later', id)).toBe(503);
    expect(await closeAccount('later', id)).toBe(204);
  });

  it('refuses a signed body that it cannot read, and passes over other topics', async () => {
    const unreadable = '{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION"}}';
    expect(await post(unreadable, ebay.notifications.headerFor(unreadable))).toBe(422);
    const { body } = ebay.notifications.deletionOf({ username: 'x', notificationId: 'other-topic' });
    const other = body.replace('MARKETPLACE_ACCOUNT_DELETION', 'SOMETHING_NEW');
    expect(await post(other, ebay.notifications.headerFor(other))).toBe(204);
    expect(await deletion('other-topic')).toBeUndefined();
  });

  it('is off, and says why, where it is not configured', async () => {
    const off = await startHttpApp([AuthModule, EbayDeletionsApiModule], {
      ...env(),
      EBAY_DELETION_VERIFICATION_TOKEN: '',
    });
    try {
      const message =
        'eBay account deletion is off: missing required config: EBAY_DELETION_VERIFICATION_TOKEN';
      expect(await off.call('GET', `${PATH}?challenge_code=x`)).toMatchObject({ status: 503, message });
      expect(await off.call('POST', PATH, { body: {} })).toMatchObject({ status: 503, message });
    } finally {
      await off.close();
    }
  });
});
