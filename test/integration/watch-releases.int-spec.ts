import { randomUUID } from 'node:crypto';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { WatchReleasesApiModule } from '@waxwatch/watch-releases';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { insertWatchRelease, type NewTestWatchRelease } from '../support/factories/watch-releases';
import { insertRule } from '../support/factories/watch-rules';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { loseCommit } from '../support/lost-commit';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;

interface Watch extends Record<string, unknown> {
  id: string;
}

describe('watch releases', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let me: Collector;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, WatchReleasesApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0',
      DISCOGS_TOKEN: 'not-a-real-token',
      EBAY_CLIENT_ID: 'an-id',
      EBAY_CLIENT_SECRET: 'not-a-real-secret',
    });
    db = http.app.get(Database);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });
  beforeEach(async () => {
    me = aCollector(http, issuer);
    await me.call('GET', '/api/watch-releases');
  });

  const post = async (body: unknown, who = me) => await who.call('POST', '/api/watch-releases', body);
  const create = async (body: Record<string, unknown> = {}, who = me): Promise<Watch> => {
    const answer = await post({ discogs_release_id: 249393, title: 'Frizzle Fry', ...body }, who);
    expect([answer.status, answer.message]).toEqual([201, undefined]);
    return answer.body as Watch;
  };
  const stored = async (over: Partial<NewTestWatchRelease> = {}): Promise<string> =>
    await insertWatchRelease(db, { userId: me.id, ...over });
  const patch = async (id: string, body: unknown) =>
    await me.call('PATCH', `/api/watch-releases/${id}`, body);
  const itemsOf = (body: unknown): unknown => (body as { error?: { details?: unknown } }).error?.details;
  const watchCount = async (): Promise<number> =>
    (await db.rows('SELECT FROM watch_releases WHERE user_id = $1', [me.id])).length;
  const eventTypes = async (): Promise<string[]> =>
    (
      await db.rows<{ type: string }>('SELECT type FROM events WHERE user_id = $1 ORDER BY created_at, id', [
        me.id,
      ])
    ).map((row) => row.type);
  const questionsOf = async (watchId: string): Promise<unknown[]> =>
    await db.rows(
      `SELECT t.provider, t.kind, t.key, s.interval_seconds FROM poll_subscriptions s
       JOIN poll_targets t ON t.id = s.target_id WHERE s.watch_release_id = $1 ORDER BY t.provider`,
      [watchId],
    );

  describe('creating', () => {
    it('answers 201 with everything that was stated', async () => {
      const stated = {
        discogs_release_id: 249393,
        discogs_master_id: 6211,
        match_mode: 'master_release',
        title: 'Selected Ambient Works 85-92',
        artist: 'Aphex Twin',
        year: 1992,
        target_price: 35.5,
        min_condition: 'VG+',
        is_active: false,
      };
      const watch = await create({ ...stated, currency: 'eur' });

      expect(watch).toEqual({
        ...stated,
        id: expect.any(String) as unknown,
        user_id: me.id,
        currency: 'EUR',
        created_at: expect.stringMatching(INSTANT) as unknown,
        updated_at: watch.created_at,
      });
      expect((await me.call('GET', `/api/watch-releases/${watch.id}`)).body).toEqual(watch);
    });

    it('fills in what was left out', async () => {
      expect(await create()).toMatchObject({
        discogs_master_id: null,
        match_mode: 'exact_release',
        artist: null,
        year: null,
        target_price: null,
        currency: 'USD',
        min_condition: null,
        is_active: true,
      });
    });

    it('makes one watch, and says so, when the answer to the commit is lost', async () => {
      const putBack = loseCommit(http.app);
      const watch = await create({ discogs_release_id: 14 });

      expect(putBack()).toBe(2);
      expect((await me.call('GET', `/api/watch-releases/${watch.id}`)).body).toEqual(watch);
      expect(await eventTypes()).toEqual(['WATCH_RELEASE_CREATED']);
    });

    it('records one event and asks those who can look a release up', async () => {
      const exact = await create({ discogs_release_id: 11 });
      const master = await create({
        discogs_release_id: 12,
        discogs_master_id: 99,
        match_mode: 'master_release',
      });
      const idle = await create({ discogs_release_id: 13, is_active: false });

      expect(await eventTypes()).toEqual(Array(3).fill('WATCH_RELEASE_CREATED'));
      expect(await questionsOf(exact.id)).toEqual([
        { provider: 'discogs', kind: 'release', key: '11', interval_seconds: 3600 },
        { provider: 'mock', kind: 'release', key: '11', interval_seconds: 3600 },
      ]);
      expect(await questionsOf(master.id)).toMatchObject([
        { provider: 'discogs', kind: 'master', key: '99' },
        { provider: 'mock', kind: 'master', key: '99' },
      ]);
      expect(await questionsOf(idle.id)).toEqual([]);
    });

    it.each<[field: string, value: unknown, type: string, msg: string]>([
      ['discogs_release_id', undefined, 'missing', 'Field required'],
      ['discogs_release_id', null, 'int_type', 'Input should be a valid integer'],
      ['discogs_release_id', '12', 'int_type', 'Input should be a valid integer'],
      ['discogs_release_id', true, 'int_type', 'Input should be a valid integer'],
      [
        'discogs_release_id',
        1.5,
        'int_from_float',
        'Input should be a valid integer, got a number with a fractional part',
      ],
      ['discogs_release_id', 0, 'greater_than_equal', 'Input should be greater than or equal to 1'],
      [
        'discogs_release_id',
        2_147_483_648,
        'less_than_equal',
        'Input should be less than or equal to 2147483647',
      ],
      ['discogs_release_id', 1e30, 'less_than_equal', 'Input should be less than or equal to 2147483647'],
      ['discogs_master_id', 0, 'greater_than_equal', 'Input should be greater than or equal to 1'],
      [
        'discogs_master_id',
        2_147_483_648,
        'less_than_equal',
        'Input should be less than or equal to 2147483647',
      ],
      ['match_mode', 'any', 'literal_error', "Input should be 'exact_release' or 'master_release'"],
      ['match_mode', null, 'literal_error', "Input should be 'exact_release' or 'master_release'"],
      ['title', undefined, 'missing', 'Field required'],
      ['title', '', 'string_too_short', 'String should have at least 1 character'],
      ['title', 'x'.repeat(301), 'string_too_long', 'String should have at most 300 characters'],
      ['title', 'a\u0000', 'value_error', 'Value error, must not contain a null character'],
      ['artist', 'x'.repeat(201), 'string_too_long', 'String should have at most 200 characters'],
      ['artist', ['x'], 'string_type', 'Input should be a valid string'],
      ['year', -1, 'greater_than_equal', 'Input should be greater than or equal to 0'],
      ['year', 10_000, 'less_than_equal', 'Input should be less than or equal to 9999'],
      ['target_price', -0.01, 'greater_than_equal', 'Input should be greater than or equal to 0'],
      ['target_price', '12', 'float_type', 'Input should be a valid number'],
      ['target_price', 1e12, 'less_than_equal', 'Input should be less than or equal to 9999999999.99'],
      ['currency', 'EURO', 'string_too_long', 'String should have at most 3 characters'],
      ['currency', 'eu', 'string_too_short', 'String should have at least 3 characters'],
      ['currency', '€€€', 'value_error', 'Value error, currency must be a three-letter ISO 4217 code'],
      ['currency', null, 'string_type', 'Input should be a valid string'],
      ['min_condition', 'x'.repeat(31), 'string_too_long', 'String should have at most 30 characters'],
      ['is_active', 'yes', 'bool_type', 'Input should be a valid boolean'],
    ])('refuses %s = %j', async (field, value, type, msg) => {
      const { status, body } = await post({ discogs_release_id: 1, title: 'x', [field]: value });

      expect(status).toBe(422);
      expect(itemsOf(body)).toEqual([expect.objectContaining({ type, loc: ['body', field], msg })]);
      expect(await watchCount()).toBe(0);
      expect(await eventTypes()).toEqual([]);
    });

    it.each(['1e400', '-1e400'])('refuses the price %s', async (price) => {
      const text = `{"discogs_release_id":1,"title":"x","target_price":${price}}`;
      const { status, body } = await me.callRaw('POST', '/api/watch-releases', text);

      expect(status).toBe(422);
      expect(itemsOf(body)).toEqual([
        { type: 'float_type', loc: ['body', 'target_price'], msg: 'Input should be a valid number' },
      ]);
    });

    it('wants a master for master mode, once every field is in order', async () => {
      const asMaster = { discogs_release_id: 1, title: 'x', match_mode: 'master_release' };
      const bare = await post(asMaster);
      const broken = await post({ ...asMaster, title: '' });

      expect([bare.status, itemsOf(bare.body)]).toEqual([
        422,
        [
          {
            type: 'value_error',
            loc: ['body'],
            msg: 'Value error, discogs_master_id is required when match_mode is master_release',
            ctx: { error: {} },
          },
        ],
      ]);
      expect(itemsOf(broken.body)).toEqual([expect.objectContaining({ loc: ['body', 'title'] })]);
      expect(await watchCount()).toBe(0);
    });

    it('answers 409 to a second watch of one release, or of one master', async () => {
      const master = { discogs_master_id: 5, match_mode: 'master_release' };
      await create({ discogs_release_id: 1 });
      await create({ discogs_release_id: 2, ...master });

      for (const body of [{ discogs_release_id: 1 }, { discogs_release_id: 3, ...master }]) {
        const answer = await post({ title: 'x', ...body });
        expect(answer.status).toBe(409);
        expect(answer.body).toEqual({
          error: { message: 'Watch release already exists', code: 'http_error', status: 409 },
        });
      }
      expect(await watchCount()).toBe(2);
      expect(await eventTypes()).toHaveLength(2);
    });

    it('lets a release be watched in both modes, and by everybody', async () => {
      await create({ discogs_release_id: 1, discogs_master_id: 5 });
      await create({ discogs_release_id: 1, discogs_master_id: 5, match_mode: 'master_release' });
      await create({ discogs_release_id: 1 }, aCollector(http, issuer));

      expect(await watchCount()).toBe(2);
    });

    it('creates once however many ask at the same time', async () => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, async () => await post({ discogs_release_id: 7, title: 'x' })),
      );

      expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
      expect(await eventTypes()).toEqual(['WATCH_RELEASE_CREATED']);
    });
  });

  describe('changing', () => {
    it('replaces what is stated and leaves the rest', async () => {
      const before = await create({ artist: 'Primus', year: 1990, target_price: 20, min_condition: 'VG' });
      const { status, body } = await patch(before.id, { target_price: 18.25, title: 'Frizzle Fry (LP)' });

      expect(status).toBe(200);
      expect(body).toEqual({
        ...before,
        target_price: 18.25,
        title: 'Frizzle Fry (LP)',
        updated_at: expect.stringMatching(INSTANT) as unknown,
      });
      expect(await eventTypes()).toEqual(['WATCH_RELEASE_CREATED', 'WATCH_RELEASE_UPDATED']);
    });

    it('clears with null where there may be nothing, and ignores null elsewhere', async () => {
      const before = await create({
        discogs_master_id: 5,
        artist: 'Primus',
        year: 1990,
        target_price: 20,
        min_condition: 'VG',
      });
      const clear = {
        discogs_master_id: null,
        artist: null,
        year: null,
        target_price: null,
        min_condition: null,
      };
      const keep = {
        discogs_release_id: null,
        match_mode: null,
        title: null,
        currency: null,
        is_active: null,
      };
      const { body } = await patch(before.id, { ...clear, ...keep });

      expect(body).toEqual({ ...before, ...clear, updated_at: expect.any(String) as unknown });
    });

    it('leaves no trace of a change that alters nothing', async () => {
      const before = await create({ target_price: 20, currency: 'EUR' });

      for (const body of [
        {},
        { target_price: 20.0, currency: 'eur' },
        { artist: null },
        { target_price: 20.001 },
      ]) {
        expect((await patch(before.id, body)).body).toEqual(before);
      }
      expect(await eventTypes()).toEqual(['WATCH_RELEASE_CREATED']);
    });

    it('asks for the master once it watches the master, and for nothing once disabled', async () => {
      const { id } = await create({ discogs_release_id: 11, discogs_master_id: 99 });
      await patch(id, { match_mode: 'master_release' });
      expect(await questionsOf(id)).toMatchObject([
        { provider: 'discogs', kind: 'master', key: '99' },
        { provider: 'mock', kind: 'master', key: '99' },
      ]);

      await patch(id, { is_active: false });
      expect(await questionsOf(id)).toEqual([]);

      await patch(id, { is_active: true });
      expect(await questionsOf(id)).toHaveLength(2);
      expect(await eventTypes()).toEqual([
        'WATCH_RELEASE_CREATED',
        'WATCH_RELEASE_UPDATED',
        'WATCH_RELEASE_UPDATED',
        'WATCH_RELEASE_DISABLED',
        'WATCH_RELEASE_UPDATED',
        'WATCH_RELEASE_ENABLED',
      ]);
    });

    it('searches by name where releases cannot be looked up, and follows the name', async () => {
      const named = { artist: 'Primus', title: 'Frizzle Fry', year: 1990 };
      const { id } = await create({ discogs_release_id: 11, ...named });
      const search = async () =>
        (await questionsOf(id)).filter((q) => (q as { kind: string }).kind === 'search');
      expect(await search()).toEqual([
        { provider: 'ebay', kind: 'search', key: 'frizzle fry primus', interval_seconds: 21_600 },
      ]);

      await patch(id, { title: 'Pork Soda' });
      expect(await search()).toMatchObject([{ key: 'pork primus soda' }]);

      await patch(id, { year: null });
      expect(await search()).toEqual([]);
    });

    it('refuses master mode with an explicit null master', async () => {
      const id = await stored({ discogsMasterId: 5 });
      const { status, body } = await patch(id, { match_mode: 'master_release', discogs_master_id: null });

      expect([status, itemsOf(body)]).toEqual([
        422,
        [
          expect.objectContaining({
            type: 'value_error',
            loc: ['body'],
            msg: 'Value error, discogs_master_id is required when match_mode is master_release',
          }),
        ],
      ]);
    });

    it.each<[stored: Partial<NewTestWatchRelease>, change: unknown]>([
      [{}, { match_mode: 'master_release' }],
      [{ discogsMasterId: 5, matchMode: 'master_release' }, { discogs_master_id: null }],
    ])('refuses to leave %j without a master by %j', async (watch, change) => {
      const id = await stored(watch);
      const { status, body } = await patch(id, change);

      expect(status).toBe(422);
      expect(body).toEqual({
        error: {
          message: 'discogs_master_id is required for master_release mode',
          code: 'http_error',
          status: 422,
        },
      });
      expect(await eventTypes()).toEqual([]);
    });

    it('answers 409 when the change would make a second watch of one release', async () => {
      await stored({ discogsReleaseId: 1 });
      const id = await stored({ discogsReleaseId: 2 });
      const answer = await patch(id, { discogs_release_id: 1 });

      expect([answer.status, answer.message]).toEqual([409, 'Watch release already exists']);
      expect(await eventTypes()).toEqual([]);
    });

    it.each<[body: unknown, loc: unknown[], type: string]>([
      [{ discogs_release_id: 2_147_483_648 }, ['body', 'discogs_release_id'], 'less_than_equal'],
      [{ title: '' }, ['body', 'title'], 'string_too_short'],
      [{ currency: 'E1R' }, ['body', 'currency'], 'value_error'],
      [{ match_mode: 'x' }, ['body', 'match_mode'], 'literal_error'],
      [{ min_condition: 'a\u0000' }, ['body', 'min_condition'], 'value_error'],
    ])('answers 422 to %j', async (body, loc, type) => {
      const id = await stored();
      const answer = await patch(id, body);

      expect([answer.status, itemsOf(answer.body)]).toEqual([422, [expect.objectContaining({ loc, type })]]);
    });

    it('keeps every one of many concurrent changes', async () => {
      const { id } = await create();
      const changes = [
        { artist: 'a' },
        { year: 1990 },
        { target_price: 1 },
        { min_condition: 'VG' },
        { title: 't' },
      ];
      await Promise.all(changes.map(async (change) => await patch(id, change)));

      expect((await me.call('GET', `/api/watch-releases/${id}`)).body).toMatchObject({
        artist: 'a',
        year: 1990,
        target_price: 1,
        min_condition: 'VG',
        title: 't',
      });
      expect(await eventTypes()).toHaveLength(6);
    });
  });

  it('disables on DELETE, once', async () => {
    const { id } = await create();
    const remove = async () => await me.call('DELETE', `/api/watch-releases/${id}`);
    const first = await remove();
    const second = await remove();

    expect(first).toMatchObject({ status: 200, body: { id, is_active: false } });
    expect(second.body).toEqual(first.body);
    expect(await eventTypes()).toEqual([
      'WATCH_RELEASE_CREATED',
      'WATCH_RELEASE_UPDATED',
      'WATCH_RELEASE_DISABLED',
    ]);
    expect(await questionsOf(id)).toEqual([]);
  });

  describe('isolation', () => {
    it.each<[method: string, body: unknown]>([
      ['GET', undefined],
      ['PATCH', { title: 'Mine now' }],
      ['PATCH', { match_mode: 'master_release' }],
      ['DELETE', undefined],
    ])("%s %j answers somebody else's watch as one that does not exist", async (method, body) => {
      const other = aCollector(http, issuer);
      const theirs = await create({}, other);

      const foreign = await me.call(method, `/api/watch-releases/${theirs.id}`, body);
      const unknown = await me.call(method, `/api/watch-releases/${randomUUID()}`, body);

      expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body]);
      expect(foreign.body).toEqual({
        error: { message: 'Watch release not found', code: 'http_error', status: 404 },
      });
      expect((await other.call('GET', `/api/watch-releases/${theirs.id}`)).body).toEqual(theirs);
    });

    it('answers 422 to what is no id', async () => {
      const { status, body } = await me.call('GET', '/api/watch-releases/nonsense');

      expect([status, itemsOf(body)]).toEqual([
        422,
        [expect.objectContaining({ type: 'uuid_parsing', loc: ['path', 'watch_release_id'] })],
      ]);
    });
  });

  describe('listing', () => {
    const list = async (query: string, who = me): Promise<{ ids: string[]; next: string | null }> => {
      const { status, body, headers } = await who.call('GET', `/api/watch-releases?${query}`);
      expect(status).toBe(200);
      return { ids: (body as Watch[]).map((watch) => watch.id), next: headers.get('x-next-cursor') };
    };

    it('walks own watches of one instant, newest first', async () => {
      await create({}, aCollector(http, issuer));
      const ids = await Promise.all([1, 2, 3].map(async (n) => await stored({ discogsReleaseId: n })));
      await db.rows(
        `UPDATE watch_releases SET created_at = '2026-01-05T10:00:00.000001Z' WHERE user_id = $1`,
        [me.id],
      );
      const first = await list('limit=2');
      const second = await list(`limit=2&cursor=${encodeURIComponent(first.next ?? '')}`);

      expect([...first.ids, ...second.ids]).toEqual([...ids].sort().reverse());
      expect(second.next).toBeNull();
    });

    it('refuses a broken cursor and page', async () => {
      expect((await me.call('GET', '/api/watch-releases?cursor=x')).message).toBe('invalid cursor');
      expect((await me.call('GET', '/api/watch-releases?limit=0')).status).toBe(422);
    });

    describe('of a rule', () => {
      let ruleId: string;
      let exact: string;
      let master: string;

      const foundListing = async (releaseId: number | null, masterId: number | null): Promise<void> => {
        await db.rows(
          `WITH l AS (
             INSERT INTO listings (id, provider, external_id, url, title, price, discogs_release_id, discogs_master_id)
             VALUES (gen_random_uuid(), 'mock', gen_random_uuid()::text, 'https://x.example', 't', 1, $2, $3) RETURNING id)
           INSERT INTO watch_matches (rule_id, listing_id) SELECT $1, id FROM l`,
          [ruleId, releaseId, masterId],
        );
      };

      beforeEach(async () => {
        ruleId = await insertRule(db, { userId: me.id });
        exact = await stored({ discogsReleaseId: 1, discogsMasterId: 50 });
        master = await stored({ discogsReleaseId: 2, discogsMasterId: 60, matchMode: 'master_release' });
        await stored({ discogsReleaseId: 3 });
        await foundListing(null, null);
      });

      it('gives those among what the rule has found, by the watch’s own mode', async () => {
        expect((await list(`watch_rule_id=${ruleId}`)).ids).toEqual([]);
        await foundListing(1, 50);
        await foundListing(1, 50);
        expect((await list(`watch_rule_id=${ruleId}`)).ids).toEqual([exact]);
        await foundListing(77, 60);
        expect((await list(`watch_rule_id=${ruleId}`)).ids.sort()).toEqual([exact, master].sort());
        await foundListing(3, null);
        expect((await list(`watch_rule_id=${ruleId}`)).ids).toHaveLength(3);
      });

      it('does not take a release for a master', async () => {
        await foundListing(2, null);
        await foundListing(null, 50);
        expect((await list(`watch_rule_id=${ruleId}`)).ids).toEqual([]);
      });

      it('counts what a title tells of the release as well', async () => {
        await db.rows(
          `WITH l AS (
             INSERT INTO listings (id, provider, external_id, url, title, price)
             VALUES (gen_random_uuid(), 'mock', gen_random_uuid()::text, 'https://x.example', 't', 1) RETURNING id
           ), mapping AS (
             INSERT INTO listing_mappings (listing_id, kind, discogs_id, evidence, score, said)
             SELECT id, 'release', 1, 'title', 0.9, '{}' FROM l)
           INSERT INTO watch_matches (rule_id, listing_id) SELECT $1, id FROM l`,
          [ruleId],
        );
        const other = aCollector(http, issuer);
        await create({ discogs_release_id: 1 }, other);

        expect((await list(`watch_rule_id=${ruleId}`)).ids).toEqual([exact]);
        expect((await list(`watch_rule_id=${ruleId}`, other)).ids).toEqual([]);
      });

      it('pages through them', async () => {
        await foundListing(1, 60);
        const first = await list(`watch_rule_id=${ruleId}&limit=1`);
        const second = await list(
          `watch_rule_id=${ruleId}&limit=1&cursor=${encodeURIComponent(first.next ?? '')}`,
        );
        expect([...first.ids, ...second.ids].sort()).toEqual([exact, master].sort());
        expect(second.next).toBeNull();
      });

      it("gives nothing for somebody else's rule, as for an unknown one", async () => {
        await foundListing(1, 60);
        const other = aCollector(http, issuer);
        await create({ discogs_release_id: 1 }, other);

        expect((await list(`watch_rule_id=${ruleId}`, other)).ids).toEqual([]);
        expect((await list(`watch_rule_id=${randomUUID()}`)).ids).toEqual([]);
      });

      it('refuses what is no id', async () => {
        const { status, body } = await me.call('GET', '/api/watch-releases?watch_rule_id=x');
        expect([status, itemsOf(body)]).toEqual([
          422,
          [expect.objectContaining({ type: 'uuid_parsing', loc: ['query', 'watch_rule_id'] })],
        ]);
      });
    });
  });

  it.each(['GET', 'POST'])('%s needs a login', async (method) => {
    expect((await http.call(method, '/api/watch-releases')).status).toBe(401);
  });
});
