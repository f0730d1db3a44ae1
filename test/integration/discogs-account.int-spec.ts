import type { Answer } from '../support/http-app';
import type { Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { DiscogsAccountProbe, REDIRECT_URI, requestTokenOf } from '../support/discogs-account';

const BASE = '/api/integrations/discogs';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;

interface StoredLink {
  external_user_id: string;
  access_token: string | null;
  access_token_secret: string | null;
  token_type: string | null;
  scopes: string[] | null;
}

describe('linking a Discogs account', () => {
  const database = useTestDatabase();
  let probe: DiscogsAccountProbe;
  let me: Collector;

  beforeAll(async () => (probe = await DiscogsAccountProbe.start(database.url)));
  afterAll(async () => await probe.close());
  beforeEach(async () => {
    await probe.reset();
    probe.discogs.addUser({ username: 'Alice', token: 'alice-token' });
    probe.discogs.addUser({ username: 'bob', token: 'bob-token' });
    me = await probe.user();
  });

  const post = async (path: string, body?: unknown, who = me): Promise<Answer> =>
    await who.call('POST', `${BASE}/${path}`, body);
  const status = async (who = me): Promise<unknown> => (await who.call('GET', `${BASE}/status`)).body;
  const linkOf = async (who = me): Promise<StoredLink | undefined> =>
    (await probe.db.rows<StoredLink>('SELECT * FROM external_account_links WHERE user_id = $1', [who.id]))[0];
  const authorise = async (username = 'Alice', who = me): Promise<{ state: string; code: string }> => {
    const started = await post('oauth/start', {}, who);
    const { verifier } = probe.discogs.oauth.decide(requestTokenOf(started.body), username);
    return { state: (started.body as { state: string }).state, code: verifier ?? '' };
  };
  const callback = async (body: unknown, who = me): Promise<Answer> =>
    await post('oauth/callback', body, who);
  const said = ({ status: code, message }: Answer): unknown => [code, message];

  describe('oauth/start', () => {
    it('sends the user to Discogs with a request token, and needs no body', async () => {
      const answer = await post('oauth/start');

      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        provider: 'discogs',
        authorize_url: expect.stringMatching(
          /^https:\/\/www\.discogs\.com\/oauth\/authorize\?oauth_token=[0-9a-f]{40}$/,
        ) as unknown,
        state: expect.stringMatching(/^[\w-]{32}$/) as unknown,
        scopes: ['identity', 'wantlist', 'collection'],
        expires_at: expect.stringMatching(INSTANT) as unknown,
      });
    });

    it('gives Discogs an address to come back to that carries the state', async () => {
      const { body } = await post('oauth/start', { scopes: ['identity'] });
      const { redirectTo } = probe.discogs.oauth.decide(requestTokenOf(body), 'Alice');

      expect(body).toMatchObject({ scopes: ['identity'] });
      expect(redirectTo).toContain(`${REDIRECT_URI}?state=${(body as { state: string }).state}&oauth_token=`);
    });

    it('keeps the secret of the request token encrypted and the state hashed', async () => {
      const { body } = await post('oauth/start', {});
      const [row] = await probe.db.rows<Record<string, unknown>>(
        'SELECT * FROM discogs_pending_authorisations WHERE user_id = $1',
        [me.id],
      );

      expect(row?.['request_token_secret']).toMatch(/^enc:v2:/);
      expect(JSON.stringify(row)).not.toContain((body as { state: string }).state);
    });

    it('leaves a present connection alone', async () => {
      await post('connect', { external_user_id: 'alice', access_token: 'alice-token' });
      await post('oauth/start', {});

      expect(await status()).toMatchObject({ connected: true, has_access_token: true });
    });

    it.each([
      [{ scopes: [] }, ['body', 'scopes']],
      [{ scopes: 'identity' }, ['body', 'scopes']],
      [[], ['body']],
    ])('refuses %j', async (body, loc) => {
      const answer = await post('oauth/start', body);

      expect([answer.status, answer.message]).toEqual([422, 'validation error']);
      expect(answer.body).toMatchObject({ error: { details: [{ loc }] } });
    });

    it('answers 503 while Discogs does not answer', async () => {
      probe.discogs.inject({
        kind: 'status',
        path: '/oauth/request_token',
        status: 401,
        body: 'Invalid consumer.',
      });
      const answer = await post('oauth/start', {});

      expect(said(answer)).toEqual([503, 'Discogs authorization could not be started, please retry shortly']);
      expect(await probe.db.rows('SELECT FROM provider_pauses')).toHaveLength(0);
    });
  });

  describe('oauth/callback', () => {
    it('links the account that the user has chosen, with both secrets encrypted', async () => {
      const answer = await callback(await authorise());

      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        provider: 'discogs',
        external_user_id: 'Alice',
        connected: true,
        connected_at: expect.stringMatching(INSTANT) as unknown,
      });
      expect(await status()).toEqual({
        connected: true,
        provider: 'discogs',
        external_user_id: 'Alice',
        connected_at: (answer.body as { connected_at: string }).connected_at,
        has_access_token: true,
        reconnect_required: false,
      });
      expect(await linkOf()).toMatchObject({
        access_token: expect.stringMatching(/^enc:v2:/) as unknown,
        access_token_secret: expect.stringMatching(/^enc:v2:/) as unknown,
        token_type: 'oauth1',
        scopes: ['identity', 'wantlist', 'collection'],
      });
    });

    it('takes the request token for the state, for callbacks that lose their query', async () => {
      const started = await post('oauth/start', {});
      const state = requestTokenOf(started.body);
      const { verifier } = probe.discogs.oauth.decide(state, 'Alice');

      expect((await callback({ state, code: verifier })).status).toBe(200);
    });

    it('refuses who has not started, a wrong state, one of somebody else, and one that was used', async () => {
      const other = await probe.user();
      expect(said(await callback({ state: 'x'.repeat(32), code: 'v' }))).toEqual([
        400,
        'OAuth session not started',
      ]);
      const mine = await authorise();
      const invalid = [400, 'Invalid OAuth state'];
      expect(said(await callback({ state: 'x'.repeat(32), code: 'v' }))).toEqual(invalid);
      expect(said(await callback(mine, other))).toEqual([400, 'OAuth session not started']);
      await authorise('bob', other);
      expect(said(await callback(mine, other))).toEqual(invalid);
      expect((await callback(mine)).status).toBe(200);
      expect(said(await callback(mine))).toEqual(invalid);
    });

    it('lets one of two callbacks at the same time through', async () => {
      const mine = await authorise();
      const answers = await Promise.all([callback(mine), callback(mine)]);

      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400]);
    });

    it('refuses a state that has expired', async () => {
      const mine = await authorise();
      await probe.db.rows(
        `UPDATE discogs_pending_authorisations SET expires_at = now() - interval '1 second' WHERE user_id = $1`,
        [me.id],
      );

      expect(said(await callback(mine))).toEqual([400, 'OAuth state expired']);
    });

    it.each([
      [{}, 2],
      [{ state: 'short', code: 'v' }, 1],
      [{ state: 'x'.repeat(8), code: '' }, 1],
    ])('refuses the body %j', async (body, count) => {
      const answer = await callback(body);

      expect(answer.status).toBe(422);
      expect((answer.body as { error: { details: unknown[] } }).error.details).toHaveLength(count);
    });

    it.each([
      ['a refused exchange', '/oauth/access_token', { kind: 'status', status: 400 }, 'token exchange failed'],
      ['a lost exchange', '/oauth/access_token', { kind: 'reset' }, 'token exchange failed'],
      [
        'an answer without token',
        '/oauth/access_token',
        { kind: 'html' },
        'token exchange missing access_token',
      ],
      ['a refused identity', '/oauth/identity', { kind: 'status', status: 401 }, 'identity lookup failed'],
      ['an unreadable identity', '/oauth/identity', { kind: 'truncated' }, 'identity lookup failed'],
    ] as const)('answers 502 for %s and uses the state up', async (_name, path, fault, text) => {
      const mine = await authorise();
      probe.discogs.inject({ ...fault, path });

      expect(said(await callback(mine))).toEqual([502, `Discogs ${text}`]);
      expect(said(await callback(mine))).toEqual([400, 'OAuth session not started']);
      expect(await linkOf()).toBeUndefined();
    });

    it('answers 502 for an identity without a name', async () => {
      const mine = await authorise();
      probe.discogs.addUser({ username: 'Alice' });
      const user = probe.discogs.data.users.get('Alice');
      if (user) user.username = ' ';

      expect(said(await callback(mine))).toEqual([502, 'Discogs identity missing username']);
    });
  });

  describe('connect', () => {
    it('links by name alone, as the application sees it', async () => {
      const answer = await post('connect', { external_user_id: ' alice ' });

      expect(answer.body).toMatchObject({ provider: 'discogs', external_user_id: 'alice', connected: true });
      expect(await status()).toMatchObject({ connected: true, has_access_token: false });
      expect(probe.discogs.requests()).toHaveLength(0);
    });

    it('asks Discogs whose a token is, and takes the name as Discogs spells it', async () => {
      const answer = await post('connect', { external_user_id: 'alice', access_token: 'alice-token' });

      expect(answer.body).toMatchObject({ external_user_id: 'Alice', connected: true });
      expect(await linkOf()).toMatchObject({ token_type: 'personal', access_token_secret: null });
    });

    it.each([
      ['that is refused', 'nobody', [400, 'Discogs refused the access token']],
      ['that no header can carry', 'a\r\nb', [400, 'Discogs refused the access token']],
      ['of somebody else', 'bob-token', [400, 'Discogs access token belongs to another account']],
    ])('refuses a token %s', async (_name, token, expected) => {
      expect(said(await post('connect', { external_user_id: 'alice', access_token: token }))).toEqual(
        expected,
      );
      expect(await linkOf()).toBeUndefined();
    });

    it('encrypts a token whatever it looks like', async () => {
      const token = 'enc:v2:bG9jYWw:AAAA:AAAA:AAAA';
      probe.discogs.addUser({ username: 'carol', token });
      await post('connect', { external_user_id: 'carol', access_token: token });

      const stored = (await linkOf())?.access_token ?? '';
      expect(stored).toMatch(/^enc:v2:/);
      expect(stored).not.toContain(token);
      expect((await post('disconnect', {})).body).toMatchObject({ disconnected: true });
    });

    it('keeps the token when the same name comes without one, drops it for another name', async () => {
      await post('connect', { external_user_id: 'alice', access_token: 'alice-token' });
      await post('connect', { external_user_id: 'ALICE' });
      expect(await status()).toMatchObject({ external_user_id: 'Alice', has_access_token: true });

      await post('connect', { external_user_id: 'bob', access_token: null });
      expect(await status()).toMatchObject({ external_user_id: 'bob', has_access_token: false });
    });

    it('keeps scopes of the metadata and nothing else of it', async () => {
      await post('connect', {
        external_user_id: 'alice',
        access_token: 'alice-token',
        token_metadata: { scope: 'identity  wantlist', refresh_token: 'a-secret' },
      });
      const row = await linkOf();

      expect(row?.scopes).toEqual(['identity', 'wantlist']);
      expect(JSON.stringify(row)).not.toContain('a-secret');
    });

    it('answers 502 while Discogs cannot say whose a token is', async () => {
      probe.discogs.inject({ kind: 'status', path: '/oauth/identity', status: 500 });

      expect(said(await post('connect', { external_user_id: 'alice', access_token: 'alice-token' }))).toEqual(
        [502, 'Discogs identity lookup failed'],
      );
    });

    it.each([
      [undefined],
      [{}],
      [{ external_user_id: '' }],
      [{ external_user_id: '..' }],
      [{ external_user_id: 'x'.repeat(121) }],
      [{ external_user_id: 'alice', access_token: '' }],
      [{ external_user_id: 'alice', token_metadata: [] }],
    ])('refuses %j without an echo', async (body) => {
      const answer = await post('connect', body);

      expect([answer.status, answer.message]).toEqual([422, 'validation error']);
      expect(JSON.stringify(answer.body)).not.toContain('"input"');
    });
  });

  describe('disconnect and status', () => {
    it('knows no link at first', async () => {
      expect(await status()).toEqual({
        connected: false,
        provider: 'discogs',
        external_user_id: null,
        connected_at: null,
        has_access_token: false,
        reconnect_required: false,
      });
      expect((await post('disconnect')).body).toMatchObject({ provider: 'discogs', disconnected: false });
    });

    it('forgets a link whose token cannot be read, and says where to remove the application', async () => {
      await post('connect', { external_user_id: 'alice', access_token: 'alice-token' });
      await probe.db.rows(
        `UPDATE external_account_links SET access_token = 'enc:v2:broken' WHERE user_id = $1`,
        [me.id],
      );

      expect((await post('disconnect', { revoke: true })).body).toEqual({
        provider: 'discogs',
        disconnected: true,
        manage_access_url: 'https://www.discogs.com/settings/applications',
      });
      expect(await linkOf()).toBeUndefined();
    });

    it('leaves other users alone', async () => {
      const other = await probe.user();
      await post('connect', { external_user_id: 'alice' }, other);
      await post('disconnect');

      expect(await status(other)).toMatchObject({ connected: true });
    });

    it('asks for a login', async () => {
      for (const [method, path] of [
        ['GET', 'status'],
        ['POST', 'oauth/start'],
        ['POST', 'connect'],
        ['POST', 'disconnect'],
        ['POST', 'import'],
        ['GET', 'imported-items'],
      ] as const) {
        expect((await probe.http.call(method, `${BASE}/${path}`)).status).toBe(401);
      }
    });
  });

  describe('imports over HTTP', () => {
    const get = async (path: string, who = me): Promise<Answer> => await who.call('GET', `${BASE}/${path}`);

    it('refuses who is not connected, and who has not come back from Discogs', async () => {
      expect(said(await post('import'))).toEqual([400, 'Discogs is not connected']);
      await post('oauth/start');
      expect(said(await post('import', { source: 'both' }))).toEqual([
        400,
        'Discogs OAuth callback not completed',
      ]);
    });

    it('begins an import, with its event, and gives the one under way instead of a second', async () => {
      await post('connect', { external_user_id: 'alice' });
      const answers = await Promise.all([post('import'), post('import', { source: 'wantlist' })]);
      const again = await post('import', {});

      const ids = [...answers, again].map(({ status: code, body }) => [code, (body as { id: string }).id]);
      expect(new Set(ids.map(String)).size).toBe(1);
      expect(again.body).toEqual({
        ...(answers[0].body as object),
        user_id: me.id,
        provider: 'discogs',
        status: 'running',
        cursor: null,
        page: 1,
        processed_count: 0,
        imported_count: 0,
        created_count: 0,
        updated_count: 0,
        error_count: 0,
        errors: [],
        started_at: expect.stringMatching(INSTANT) as unknown,
        completed_at: null,
      });
      const events = await probe.db.rows<{ type: string; payload: unknown }>(
        'SELECT type, payload FROM events WHERE user_id = $1',
        [me.id],
      );
      const { id, import_scope: source } = again.body as { id: string; import_scope: string };
      expect(events).toEqual([{ type: 'IMPORT_STARTED', payload: { job_id: id, source } }]);
    });

    it('shows a job to its owner only', async () => {
      await post('connect', { external_user_id: 'alice' });
      const { id } = (await post('import')).body as { id: string };

      expect((await get(`import/${id}`)).body).toMatchObject({ id, status: 'running' });
      expect(said(await get(`import/${id}`, await probe.user()))).toEqual([404, 'Import job not found']);
      expect((await get('import/nonsense')).status).toBe(422);
    });

    it('ends the import with the connection, and keeps it', async () => {
      await post('connect', { external_user_id: 'alice' });
      const { id } = (await post('import')).body as { id: string };
      await post('disconnect');

      expect((await get(`import/${id}`)).body).toMatchObject({
        status: 'failed',
        error_count: 1,
        errors: [{ error: 'Discogs account was disconnected' }],
        completed_at: expect.stringMatching(INSTANT) as unknown,
      });
      await post('connect', { external_user_id: 'alice' });
      expect((await post('import')).body).not.toMatchObject({ id });
    });

    it('ends the import when another account takes the place', async () => {
      await post('connect', { external_user_id: 'alice' });
      const { id } = (await post('import')).body as { id: string };
      await post('connect', { external_user_id: 'bob' });

      expect((await get(`import/${id}`)).body).toMatchObject({ status: 'failed' });
    });

    it.each([{ source: 'inventory' }, { source: null }])('refuses %j', async (body) => {
      expect((await post('import', body)).status).toBe(422);
    });

    it.each([
      '',
      '?source=inventory',
      '?source=wantlist&limit=0',
      '?source=wantlist&limit=101',
      '?source=wantlist&offset=-1',
    ])('refuses imported-items%s', async (query) => {
      expect((await get(`imported-items${query}`)).status).toBe(422);
    });

    it('has nothing to list or open before an import', async () => {
      expect((await get('imported-items?source=wantlist')).body).toEqual({
        source: 'wantlist',
        limit: 25,
        offset: 0,
        count: 0,
        items: [],
      });
      expect(said(await get(`imported-items/${me.id}/open-in-discogs?source=wantlist`))).toEqual([
        404,
        'Imported Discogs item not found for source',
      ]);
    });
  });
});
