import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { ProfileApiModule } from '@waxwatch/profile';
import { randomUUID } from 'node:crypto';
import { type Collector, aCollector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { type HttpApp, startHttpApp } from '../support/http-app';

interface Profile {
  display_name: string | null;
  preferences: Record<string, unknown>;
  integrations: unknown[];
  created_at: string;
  updated_at: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;
const UNSET = {
  timezone: null,
  currency: null,
  ebay_marketplace_id: null,
  notifications_email: true,
  notifications_push: true,
  quiet_hours_start: null,
  quiet_hours_end: null,
  notification_timezone: null,
  delivery_frequency: 'instant',
  daily_cap: null,
  event_toggles: {},
};

describe('/api/me', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let ada: Collector;

  const profileOf = async (collector: Collector): Promise<Profile> =>
    (await collector.call('GET', '/api/me')).body as Profile;
  const change = async (body: unknown) => await ada.call('PATCH', '/api/me', body);
  const addRule = async (userId: string, query: unknown, isActive = true): Promise<string> => {
    const id = randomUUID();
    await db.rows(
      'INSERT INTO watch_search_rules (id, user_id, name, query, is_active) VALUES ($1, $2, $3, $4, $5)',
      [id, userId, 'rule', JSON.stringify(query), isActive],
    );
    return id;
  };
  const one = async (sql: string, params: unknown[]) =>
    (await db.rows<Record<string, unknown>>(sql, params))[0];

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, ProfileApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      DISCOGS_TOKEN: 'a-token',
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0',
    });
    db = http.app.get(Database);
  });
  beforeEach(() => {
    ada = aCollector(http, issuer);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  it('shows a new user with every preference at its default', async () => {
    const { status, body } = await ada.call('GET', '/api/me');

    expect(status).toBe(200);
    expect(body).toEqual({
      id: ada.id,
      email: `${ada.id}@collector.example`,
      display_name: null,
      is_active: true,
      preferences: UNSET,
      integrations: expect.any(Array) as unknown,
      created_at: expect.stringMatching(INSTANT) as unknown,
      updated_at: expect.stringMatching(INSTANT) as unknown,
    });
  });

  it('counts rules per enabled provider and says which are linked', async () => {
    await profileOf(ada);
    await addRule(ada.id, { sources: ['mock', 'discogs'] });
    await addRule(ada.id, { sources: ['mock'] }, false);
    await addRule(ada.id, { sources: 'mock' });
    const stranger = aCollector(http, issuer);
    await profileOf(stranger);
    await addRule(stranger.id, { sources: ['mock'] });
    await db.rows(
      `INSERT INTO external_account_links (id, user_id, provider, external_user_id) VALUES ($1, $2, 'mock', 'ada')`,
      [randomUUID(), ada.id],
    );
    await db.rows(
      `INSERT INTO external_account_links (id, user_id, provider, external_user_id) VALUES ($1, $2, 'discogs', 'bob')`,
      [randomUUID(), stranger.id],
    );

    const { integrations } = await profileOf(ada);

    expect(integrations).toContainEqual({ provider: 'mock', linked: true, watch_rule_count: 2 });
    expect(integrations).toContainEqual({ provider: 'discogs', linked: false, watch_rule_count: 1 });
    expect(integrations).not.toContainEqual(expect.objectContaining({ provider: 'ebay' }));
  });

  describe('PATCH', () => {
    const everything = {
      display_name: 'Ada',
      preferences: {
        timezone: 'Europe/Berlin',
        currency: 'EUR',
        notifications_email: false,
        notifications_push: false,
        quiet_hours_start: 22,
        quiet_hours_end: 7,
        notification_timezone: 'America/New_York',
        delivery_frequency: 'daily',
        event_toggles: { NEW_MATCH: false },
      },
    };

    it('changes what it names and answers with the whole profile', async () => {
      const { status, body } = await change(everything);

      expect(status).toBe(200);
      expect(body).toMatchObject({ id: ada.id, ...everything });
      expect(await profileOf(ada)).toEqual(body);
    });

    it('leaves alone what it does not name', async () => {
      await change(everything);

      await change({ preferences: { currency: 'usd', quiet_hours_end: 6.0 } });

      expect(await profileOf(ada)).toMatchObject({
        display_name: 'Ada',
        preferences: { ...everything.preferences, currency: 'USD', quiet_hours_end: 6 },
      });
    });

    it('clears by null what may be empty, and only that', async () => {
      await change(everything);
      const nulls = Object.fromEntries(Object.keys(everything.preferences).map((key) => [key, null]));

      await change({ display_name: null, preferences: nulls });

      expect(await profileOf(ada)).toMatchObject({
        display_name: null,
        preferences: {
          ...UNSET,
          notifications_email: false,
          notifications_push: false,
          delivery_frequency: 'daily',
          event_toggles: { NEW_MATCH: false },
        },
      });
    });

    it('keeps the toggles of other events, and takes one back to its default by null', async () => {
      await change({ preferences: { event_toggles: { NEW_MATCH: false, RULE_CREATED: true } } });
      await change({ preferences: { event_toggles: { NEW_MATCH: null, IMPORT_FAILED: false } } });

      expect((await profileOf(ada)).preferences['event_toggles']).toEqual({
        RULE_CREATED: true,
        IMPORT_FAILED: false,
      });
    });

    it('moves updated_at when something changes, and only then', async () => {
      const before = await profileOf(ada);
      const same = (await change({ display_name: null, preferences: { currency: null, event_toggles: {} } }))
        .body as Profile;
      const other = (await change({ preferences: { quiet_hours_start: 1 } })).body as Profile;
      const again = (await change({ preferences: { quiet_hours_start: 1 } })).body as Profile;

      expect(same.updated_at).toBe(before.updated_at);
      expect(other.updated_at > before.updated_at).toBe(true);
      expect(again.updated_at).toBe(other.updated_at);
      const stored = await one('SELECT updated_at FROM user_notification_preferences WHERE user_id = $1', [
        ada.id,
      ]);
      expect(stored).toEqual({ updated_at: other.updated_at });
    });

    it('loses nothing when two changes meet', async () => {
      await profileOf(ada);

      await Promise.all([
        ...[1, 2, 3].map(
          async () => await change({ display_name: 'Ada', preferences: { quiet_hours_start: 3 } }),
        ),
        ...[1, 2, 3].map(async () => await change({ preferences: { currency: 'EUR', quiet_hours_end: 5 } })),
      ]);

      expect(await profileOf(ada)).toMatchObject({
        display_name: 'Ada',
        preferences: { currency: 'EUR', quiet_hours_start: 3, quiet_hours_end: 5 },
      });
    });

    it.each([{}, { preferences: null }, { preferences: {} }, { unknown: 1, preferences: { unknown: 2 } }])(
      'accepts %j, which changes nothing',
      async (body) => {
        const { status, body: profile } = await change(body);

        expect([status, (profile as Profile).preferences]).toEqual([200, UNSET]);
      },
    );

    it.each<[unknown, (string | number)[], string]>([
      [{ display_name: '' }, ['display_name'], 'string_too_short'],
      [{ display_name: 'x'.repeat(121) }, ['display_name'], 'string_too_long'],
      [{ display_name: 7 }, ['display_name'], 'string_type'],
      [{ display_name: 'a\u0000' }, ['display_name'], 'value_error'],
      [{ preferences: [] }, ['preferences'], 'dict_type'],
      [{ preferences: { timezone: 'Mars/Phobos' } }, ['preferences', 'timezone'], 'value_error'],
      [{ preferences: { timezone: '+02:00' } }, ['preferences', 'timezone'], 'value_error'],
      [
        { preferences: { notification_timezone: '' } },
        ['preferences', 'notification_timezone'],
        'value_error',
      ],
      [{ preferences: { timezone: 'x'.repeat(65) } }, ['preferences', 'timezone'], 'string_too_long'],
      [{ preferences: { currency: 'EURO' } }, ['preferences', 'currency'], 'string_too_long'],
      [{ preferences: { currency: '12€' } }, ['preferences', 'currency'], 'value_error'],
      [{ preferences: { quiet_hours_start: 24 } }, ['preferences', 'quiet_hours_start'], 'less_than_equal'],
      [{ preferences: { quiet_hours_end: -1 } }, ['preferences', 'quiet_hours_end'], 'greater_than_equal'],
      [{ preferences: { quiet_hours_end: 1.5 } }, ['preferences', 'quiet_hours_end'], 'int_from_float'],
      [
        { preferences: { notifications_email: 'maybe' } },
        ['preferences', 'notifications_email'],
        'bool_type',
      ],
      [
        { preferences: { delivery_frequency: 'weekly' } },
        ['preferences', 'delivery_frequency'],
        'literal_error',
      ],
    ])('refuses %j', async (body, path, type) => {
      const { status, body: answer } = await change(body);

      expect(status).toBe(422);
      expect(answer).toMatchObject({
        error: { code: 'validation_error', details: [{ type, loc: ['body', ...path] }] },
      });
    });

    it('refuses a toggle of an event that does not exist', async () => {
      const { status, message } = await change({ preferences: { event_toggles: { NOTHING: true } } });

      expect([status, message]).toEqual([422, 'validation error']);
    });
  });
});
