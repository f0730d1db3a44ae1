import { AuthModule, LocalAccounts } from '@waxwatch/auth';
import { ListingIngest } from '@waxwatch/listings';
import { Clock } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { StreamWatch } from '@waxwatch/stream';
import { randomUUID } from 'node:crypto';
import { API_FEATURES } from '../../apps/api/api.module';
import { DISCOGS_KEYS, DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { CookieClient } from '../support/cookie-client';
import { useTestDatabase } from '../support/database';
import { linkingEnv } from '../support/discogs-account';
import { eventually } from '../support/eventually';
import { aListing } from '../support/factories/listings';
import { insertDelivered } from '../support/factories/notifications';
import { type Answer, type HttpApp, startHttpApp } from '../support/http-app';
import { SetClock } from '../support/set-clock';
import { StreamClient } from '../support/stream-client';

const PASSWORD = 'correct horse battery';

describe('the whole API by cookie', () => {
  const database = useTestDatabase();
  const discogs = new DiscogsSimulator();
  const clock = new SetClock();
  const streams: StreamClient[] = [];
  let http: HttpApp;
  let db: Database;
  let ada: CookieClient;
  let adaId: string;

  const openStream = async (client = ada): Promise<StreamClient> => {
    const stream = await StreamClient.open(http.url, { cookie: client.cookie });
    streams.push(stream);
    if (stream.status === 200) await eventually(() => expect(stream.comments).toContain('connected'));
    return stream;
  };
  const newUser = async (): Promise<[CookieClient, string]> => {
    const email = `${randomUUID()}@example.org`;
    const id = await http.app.get(LocalAccounts, { strict: false }).setPassword(email, PASSWORD);
    const client = new CookieClient(http);
    await client.signIn({ email, password: PASSWORD });
    return [client, id];
  };
  const sessionOf = async (userId: string): Promise<string> => {
    const [row] = await db.rows<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [userId]);
    return row?.id ?? '';
  };

  beforeAll(async () => {
    await discogs.start();
    discogs.addUser({ username: 'ada', token: 'adas-token' });
    http = await startHttpApp(
      [AuthModule, ...API_FEATURES],
      { DATABASE_URL: database.url, ...linkingEnv(discogs.url), DISCOGS_TOKEN: DISCOGS_KEYS.token },
      { replaced: [{ provide: Clock, useValue: clock }] },
    );
    db = http.app.get(Database, { strict: false });
  });
  beforeEach(async () => {
    [ada, adaId] = await newUser();
  });
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.close();
  });
  afterAll(async () => {
    await http.close();
    await discogs.stop();
  });

  describe('the event stream', () => {
    it('opens', async () => {
      const stream = await openStream();

      expect(stream.status).toBe(200);
      expect(stream.headers['content-type']).toContain('text/event-stream');
    });

    it('does not open with a session that has ended', async () => {
      const { cookie } = ada;
      await ada.call('POST', '/api/me/logout');
      const stream = await StreamClient.open(http.url, { cookie });
      streams.push(stream);

      expect(stream.status).toBe(401);
    });

    it.each([
      ['POST', '/api/me/logout'],
      ['DELETE', '/api/me'],
      ['DELETE', '/api/me/hard-delete'],
    ])('ends at once with %s %s, and only for that user', async (method, path) => {
      const [bob] = await newUser();
      const [stream, bobs] = [await openStream(), await openStream(bob)];
      await ada.call(method, path);

      await eventually(() => expect(stream.hasEnded).toBe(true));
      expect(bobs.hasEnded).toBe(false);
    });

    it('ends with the session that it was opened with, and not with another one', async () => {
      const elsewhere = new CookieClient(http);
      const { body } = await ada.call('GET', '/api/me');
      const { email } = body as { email: string };
      await elsewhere.signIn({ email, password: PASSWORD });
      const [stream, other] = [await openStream(), await openStream(elsewhere)];
      await ada.signIn({ email, password: PASSWORD });

      await eventually(() => expect(stream.hasEnded).toBe(true));
      expect(other.hasEnded).toBe(false);
    });

    it('ends when the session was ended without a word', async () => {
      const stream = await openStream();
      await db.rows('UPDATE sessions SET revoked_at = now() WHERE id = $1', [await sessionOf(adaId)]);
      await http.app.get(StreamWatch, { strict: false }).poll();

      await eventually(() => expect(stream.hasEnded).toBe(true));
    });

    it('ends when the session runs out', async () => {
      await db.rows('UPDATE sessions SET expires_at = $2 WHERE id = $1', [
        await sessionOf(adaId),
        new Date(clock.now().getTime() + 700),
      ]);
      const stream = await openStream();

      await eventually(() => expect(stream.hasEnded).toBe(true));
    });
  });

  it('sends a click on to eBay, from a link on any page', async () => {
    const { stored } = await http.app
      .get(ListingIngest, { strict: false })
      .ingest([aListing({ externalId: 'v1|77|0', url: 'https://www.ebay.com/itm/77' })]);
    const path = `/api/outbound/ebay/${stored[0]?.id ?? ''}`;
    const followed = await ada.call('GET', path, undefined, {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      referer: 'https://app.example/watchlist',
    });

    expect([followed.status, followed.headers.get('location')]).toEqual([
      307,
      expect.stringContaining('ebay.com/itm/77'),
    ]);
    expect((await http.call('GET', path)).status).toBe(401);
  });

  describe('the web app, from the sign-in to the end of the account,', () => {
    const expectStatus = async (
      status: number,
      ...call: Parameters<CookieClient['call']>
    ): Promise<Answer> => {
      const answer = await ada.call(...call);
      expect([call[0], call[1], answer.status, answer.message]).toEqual([
        call[0],
        call[1],
        status,
        undefined,
      ]);
      return answer;
    };
    const idOf = ({ body }: Answer): string => (body as { id: string }).id;

    it('finds its pages filled', async () => {
      await insertDelivered(db, adaId, 1);
      for (const path of [
        '/me',
        '/notifications/unread-count',
        '/watch-rules?limit=4',
        '/watch-releases?limit=5',
        '/notifications?limit=4',
        '/watch-rules',
        '/watch-releases',
        '/integrations/discogs/status',
      ]) {
        await expectStatus(200, 'GET', `/api${path}`);
      }
      const inbox = await expectStatus(200, 'GET', '/api/notifications');
      const [entry] = inbox.body as { id: string }[];
      await expectStatus(200, 'POST', `/api/notifications/${entry?.id ?? ''}/read`);
    });

    it('keeps alerts', async () => {
      const rule = {
        name: 'Blue',
        query: { keywords: ['blue'], sources: ['mock'] },
        poll_interval_seconds: 600,
      };
      const path = `/api/watch-rules/${idOf(await expectStatus(201, 'POST', '/api/watch-rules', rule))}`;
      await expectStatus(200, 'GET', path);
      await expectStatus(200, 'PATCH', path, { name: 'Bluer', poll_interval_seconds: 900, is_active: false });
      await expectStatus(200, 'POST', `${path}/disable`);
      await expectStatus(200, 'DELETE', path);
    });

    it('keeps a watch list', async () => {
      const release = { discogs_release_id: 1, title: 'Blue', match_mode: 'exact_release' };
      const path = `/api/watch-releases/${idOf(await expectStatus(201, 'POST', '/api/watch-releases', release))}`;
      await expectStatus(200, 'GET', path);
      await expectStatus(200, 'PATCH', path, { target_price: 20 });
      await expectStatus(200, 'DELETE', path);
    });

    it('searches, and saves the search', async () => {
      const query = { keywords: ['kraftwerk'], providers: ['mock'] };
      await expectStatus(200, 'POST', '/api/search', query);
      await expectStatus(200, 'POST', '/api/search/save-alert', { name: 'Kraftwerk', query });
    });

    it('links Discogs, and imports', async () => {
      const connect = { external_user_id: 'ada', access_token: 'adas-token' };
      await expectStatus(200, 'POST', '/api/integrations/discogs/connect', connect);
      await expectStatus(200, 'POST', '/api/integrations/discogs/import', { source: 'wantlist' });
      await expectStatus(200, 'POST', '/api/integrations/discogs/oauth/start');
    });

    it('keeps settings, and leaves', async () => {
      await expectStatus(200, 'PATCH', '/api/me', { display_name: null, preferences: { currency: 'EUR' } });
      await expectStatus(200, 'DELETE', '/api/me');
      expect((await ada.call('GET', '/api/me')).status).toBe(401);
      [ada, adaId] = await newUser();
      await expectStatus(200, 'DELETE', '/api/me/hard-delete');
      expect((await ada.call('GET', '/api/me')).message).toBe('missing bearer token');
    });
  });
});
