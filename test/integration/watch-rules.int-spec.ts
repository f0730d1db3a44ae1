import { randomUUID } from 'node:crypto';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { EventsApiModule } from '@waxwatch/events';
import { Database } from '@waxwatch/platform/database';
import { type WatchRuleDetailOut, type WatchRuleOut, WatchRulesApiModule } from '@waxwatch/watch-rules';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { insertRule, type NewTestRule } from '../support/factories/watch-rules';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { loseCommit } from '../support/lost-commit';

const QUERY = { keywords: ['primus'], sources: ['mock'] };
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/;

describe('watch rules', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let me: Collector;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, WatchRulesApiModule, EventsApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0',
      DISCOGS_TOKEN: 'not-a-real-token',
    });
    db = http.app.get(Database);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });
  beforeEach(async () => {
    me = aCollector(http, issuer);
    await me.call('GET', '/api/watch-rules');
  });

  const create = async (body: Record<string, unknown> = {}, who = me): Promise<WatchRuleOut> => {
    const answer = await who.call('POST', '/api/watch-rules', { name: 'Primus', query: QUERY, ...body });
    expect([answer.status, answer.message]).toEqual([201, undefined]);
    return answer.body as WatchRuleOut;
  };
  const stored = async (over: Partial<NewTestRule> = {}): Promise<string> =>
    await insertRule(db, { userId: me.id, query: QUERY, ...over });
  const patch = async (id: string, body: unknown) => await me.call('PATCH', `/api/watch-rules/${id}`, body);
  const itemsOf = (body: unknown): unknown => (body as { error?: { details?: unknown } }).error?.details;
  const ruleCount = async (): Promise<number> =>
    (await db.rows('SELECT FROM watch_search_rules WHERE user_id = $1', [me.id])).length;
  const eventTypes = async (ruleId?: string): Promise<string[]> =>
    (
      await db.rows<{ type: string }>(
        'SELECT type FROM events WHERE user_id = $1 AND ($2::uuid IS NULL OR rule_id = $2) ORDER BY created_at, id',
        [me.id, ruleId ?? null],
      )
    ).map((row) => row.type);
  const questionsOf = async (ruleId: string): Promise<unknown[]> =>
    await db.rows(
      `SELECT t.provider, t.kind, t.key, s.interval_seconds FROM poll_subscriptions s
       JOIN poll_targets t ON t.id = s.target_id WHERE s.rule_id = $1 ORDER BY t.provider`,
      [ruleId],
    );
  const hasBackfill = async (ruleId: string): Promise<boolean> =>
    (await db.rows('SELECT FROM rule_backfills WHERE rule_id = $1', [ruleId])).length === 1;
  const forgetBackfills = async (): Promise<unknown> => await db.rows('DELETE FROM rule_backfills');

  describe('creating', () => {
    it('answers 201 with the stored rule', async () => {
      const rule = await create({
        name: '  Frizzle Fry ',
        query: {
          keywords: [' Frizzle ', '', 'FRY'],
          sources: ['MOCK', 'mock', ' discogs'],
          max_price: 40,
          color: 'red',
        },
        poll_interval_seconds: 60,
      });

      expect(rule).toEqual({
        id: expect.any(String) as unknown,
        user_id: me.id,
        name: 'Frizzle Fry',
        query: { keywords: ['frizzle', 'fry'], sources: ['mock', 'discogs'], max_price: 40, color: 'red' },
        is_active: true,
        poll_interval_seconds: 60,
        is_urgent: false,
        baseline: 'best_n',
        baseline_count: 5,
        last_run_at: null,
        next_run_at: null,
        created_at: expect.stringMatching(INSTANT) as unknown,
        updated_at: rule.created_at,
      });
      expect((await me.call('GET', `/api/watch-rules/${rule.id}`)).body).toMatchObject(rule);
    });

    it('keeps whether it is urgent and what its first run tells of, and changes both', async () => {
      const rule = await create({ is_urgent: true, baseline: 'silent', baseline_count: 7 });
      const change = { is_urgent: false, baseline: 'everything' };

      const changed = await patch(rule.id, change);

      expect(rule).toMatchObject({ is_urgent: true, baseline: 'silent', baseline_count: 7 });
      expect(changed.body).toMatchObject({ ...change, baseline_count: 7 });
    });

    it('makes one rule, and says so once, when the answer to the commit is lost', async () => {
      const putBack = loseCommit(http.app);
      const rule = await create();

      expect(putBack()).toBe(2);
      expect(await ruleCount()).toBe(1);
      expect((await me.call('GET', `/api/watch-rules/${rule.id}`)).body).toMatchObject(rule);
      expect(await eventTypes()).toEqual(['RULE_CREATED']);
    });

    it('records one event, plans the polls and asks for a backfill', async () => {
      const { id } = await create({
        query: { q: 'live "Frizzle Fry" deluxe*', sources: ['mock', 'discogs'] },
      });

      expect(await eventTypes()).toEqual(['RULE_CREATED']);
      expect(await questionsOf(id)).toEqual([
        { provider: 'discogs', kind: 'search', key: 'frizzle fry live', interval_seconds: 600 },
        { provider: 'mock', kind: 'search', key: 'frizzle fry live', interval_seconds: 600 },
      ]);
      expect(await hasBackfill(id)).toBe(true);
    });

    it('makes a disabled rule without polls or backfill', async () => {
      const rule = await create({ is_active: false });

      expect(rule.is_active).toBe(false);
      expect(await questionsOf(rule.id)).toEqual([]);
      expect(await hasBackfill(rule.id)).toBe(false);
    });

    it.each([{ keywords: ['primus'] }, { q: 'primus' }, { q: 'primus', sources: null }])(
      'means all enabled providers where %j names none',
      async (query) => {
        expect((await create({ query })).query.sources).toEqual(['discogs', 'mock']);
      },
    );

    it('is not idempotent', async () => {
      const [one, two] = await Promise.all([create(), create()]);

      expect(one.id).not.toBe(two.id);
      expect(await ruleCount()).toBe(2);
    });

    it.each<[body: unknown, type: string, loc: unknown[], msg: string]>([
      [undefined, 'missing', ['body'], 'Field required'],
      [null, 'missing', ['body'], 'Field required'],
      [
        [],
        'model_attributes_type',
        ['body'],
        'Input should be a valid dictionary or object to extract fields from',
      ],
      [{ query: QUERY }, 'missing', ['body', 'name'], 'Field required'],
      [{ name: null, query: QUERY }, 'string_type', ['body', 'name'], 'Input should be a valid string'],
      [{ name: 7, query: QUERY }, 'string_type', ['body', 'name'], 'Input should be a valid string'],
      [
        { name: '  ', query: QUERY },
        'string_too_short',
        ['body', 'name'],
        'String should have at least 1 character',
      ],
      [
        { name: 'x'.repeat(121), query: QUERY },
        'string_too_long',
        ['body', 'name'],
        'String should have at most 120 characters',
      ],
      [
        { name: 'a\u0000b', query: QUERY },
        'value_error',
        ['body', 'name'],
        'Value error, must not contain a null character',
      ],
      [{ name: 'n', query: 'x' }, 'dict_type', ['body', 'query'], 'Input should be a valid dictionary'],
      [{ name: 'n', query: [] }, 'dict_type', ['body', 'query'], 'Input should be a valid dictionary'],
      [
        { name: 'n', query: QUERY, is_active: 'maybe' },
        'bool_type',
        ['body', 'is_active'],
        'Input should be a valid boolean',
      ],
      [
        { name: 'n', query: QUERY, poll_interval_seconds: 29 },
        'greater_than_equal',
        ['body', 'poll_interval_seconds'],
        'Input should be greater than or equal to 30',
      ],
      [
        { name: 'n', query: QUERY, poll_interval_seconds: 86_401 },
        'less_than_equal',
        ['body', 'poll_interval_seconds'],
        'Input should be less than or equal to 86400',
      ],
      [
        { name: 'n', query: QUERY, poll_interval_seconds: 600.5 },
        'int_from_float',
        ['body', 'poll_interval_seconds'],
        'Input should be a valid integer, got a number with a fractional part',
      ],
      [
        { name: 'n', query: QUERY, poll_interval_seconds: 'soon' },
        'int_type',
        ['body', 'poll_interval_seconds'],
        'Input should be a valid integer',
      ],
    ])('refuses %j', async (body, type, loc, msg) => {
      const answer = await (body === null
        ? me.callRaw('POST', '/api/watch-rules', 'null')
        : me.call('POST', '/api/watch-rules', body));

      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({
        error: { message: 'validation error', code: 'validation_error', status: 422 },
      });
      expect(itemsOf(answer.body)).toEqual([expect.objectContaining({ type, loc, msg })]);
      expect(await ruleCount()).toBe(0);
      expect(await eventTypes()).toEqual([]);
    });

    it.each<[query: unknown, text: string]>([
      [undefined, 'query.sources is required and must be a non-empty list'],
      [{}, 'query.sources is required and must be a non-empty list'],
      [{ keywords: [] }, 'query.sources is required and must be a non-empty list'],
      [{ q: null, sources: ['mock'] }, 'query.q must be a string when provided'],
      [{ sources: ['spotify'] }, 'Invalid provider source: spotify'],
      [{ sources: ['ebay'] }, 'Invalid provider source: ebay'],
      [
        { sources: ['mock'], keywords: ['a\u0000'] },
        'query texts must not contain null characters or unpaired surrogates',
      ],
    ])('refuses the query %j', async (query, text) => {
      const { status, body } = await me.call('POST', '/api/watch-rules', { name: 'n', query });

      expect(status).toBe(422);
      expect(itemsOf(body)).toEqual([
        { type: 'value_error', loc: ['body', 'query'], msg: `Value error, ${text}`, ctx: { error: {} } },
      ]);
      expect(await ruleCount()).toBe(0);
    });

    it('lists every refused field, and echoes no input', async () => {
      const secret = {
        name: '',
        query: { sources: 'my-secret' },
        is_active: 'my-secret',
        poll_interval_seconds: 1,
      };
      const { body } = await me.call('POST', '/api/watch-rules', secret);

      expect(itemsOf(body)).toEqual([
        expect.objectContaining({ loc: ['body', 'name'] }),
        expect.objectContaining({ loc: ['body', 'query'] }),
        expect.objectContaining({ loc: ['body', 'is_active'] }),
        expect.objectContaining({ loc: ['body', 'poll_interval_seconds'] }),
      ]);
      expect(JSON.stringify(body)).not.toContain('my-secret');
    });

    it.each(['{"name": NaN}', '{"name": "n", "query": {"max_price": Infinity}}', '{"name"', 'nonsense'])(
      'refuses %s, which is no JSON',
      async (text) => {
        const { status, body } = await me.callRaw('POST', '/api/watch-rules', text);

        expect(status).toBe(422);
        expect(itemsOf(body)).toEqual([
          expect.objectContaining({
            type: 'json_invalid',
            loc: ['body', expect.any(Number)],
            msg: 'JSON decode error',
          }),
        ]);
      },
    );

    it.each([
      '{"name":"n","query":{"sources":["mock"],"max_price":1e400}}',
      '{"name":"n","query":{"sources":["mock"],"min_price":1e400}}',
      '{"name":"n","query":{"sources":["mock"],"q":"\\ud800"}}',
      `{"name":"n","query":{"sources":["mock"],"deep":${'['.repeat(40_000)}${']'.repeat(40_000)}}}`,
      `{"name":"n","query":{"sources":["mock"],"note":"${'x'.repeat(5000)}"}}`,
      '{"name":"n","query":{"sources":["mock"]},"poll_interval_seconds":1e400}',
      '{"name":"n","query":{"sources":["mock"]},"poll_interval_seconds":2147483648}',
    ])('refuses %.80s, which could not be stored', async (text) => {
      const { status } = await me.callRaw('POST', '/api/watch-rules', text);

      expect(status).toBe(422);
      expect(await ruleCount()).toBe(0);
    });

    it('counts characters, not bytes, and keeps what JSON can say', async () => {
      const name = '🎵'.repeat(120);
      const rule = await create({
        name,
        query: { ...QUERY, note: 'naïve 🎵', 'odd key': { a: [1, null, true] } },
      });

      expect(rule.name).toBe(name);
      expect(rule.query).toEqual({ ...QUERY, note: 'naïve 🎵', 'odd key': { a: [1, null, true] } });
    });

    it('takes an integral float and ignores unknown fields', async () => {
      const { status, body } = await me.callRaw(
        'POST',
        '/api/watch-rules',
        '{"name":"n","query":{"sources":["mock"]},"poll_interval_seconds":600.0,"colour":"red","__proto__":{"x":1}}',
      );

      expect([status, body]).toMatchObject([201, { poll_interval_seconds: 600 }]);
      expect(body).not.toHaveProperty('colour');
    });
  });

  describe('changing', () => {
    it('replaces what is stated and leaves the rest', async () => {
      const before = await create({ query: { ...QUERY, max_price: 40, min_condition: 'VG' } });
      const { status, body } = await patch(before.id, { query: { max_price: 30, q: 'LIVE' }, name: null });

      expect(status).toBe(200);
      expect(body).toEqual({
        ...before,
        query: { ...QUERY, max_price: 30, min_condition: 'VG', q: 'live' },
        updated_at: expect.stringMatching(INSTANT) as unknown,
      });
      expect((body as WatchRuleOut).updated_at > before.updated_at).toBe(true);
      expect(await eventTypes(before.id)).toEqual(['RULE_CREATED', 'RULE_UPDATED']);
    });

    it('removes query keys that are null', async () => {
      const id = await stored({ query: { ...QUERY, q: 'x', max_price: 1, color: 'red' } });
      const { body } = await patch(id, { query: { q: null, max_price: null, color: null, keywords: null } });

      expect((body as WatchRuleOut).query).toEqual({ sources: ['mock'] });
    });

    it('leaves no trace of a change that alters nothing', async () => {
      const before = await create({ query: { ...QUERY, max_price: 40 } });
      await forgetBackfills();

      for (const body of [
        {},
        { name: null, query: null, is_active: null, poll_interval_seconds: null },
        { name: ' Primus ', is_active: true, poll_interval_seconds: 600.0 },
        { query: { max_price: 40.0, keywords: ['PRIMUS '], color: null } },
      ]) {
        expect((await patch(before.id, body)).body).toEqual(before);
      }
      expect(await eventTypes(before.id)).toEqual(['RULE_CREATED']);
      expect(await hasBackfill(before.id)).toBe(false);
    });

    it('follows a new query with new questions and a backfill', async () => {
      const { id } = await create();
      await forgetBackfills();
      await patch(id, { query: { keywords: ['sailing', 'SEAS*'], sources: ['discogs'] } });

      expect(await questionsOf(id)).toEqual([
        { provider: 'discogs', kind: 'search', key: 'sailing', interval_seconds: 600 },
      ]);
      expect(await hasBackfill(id)).toBe(true);
    });

    it('does not look back for a new name or interval', async () => {
      const { id } = await create();
      await forgetBackfills();
      await patch(id, { name: 'Another', poll_interval_seconds: 120 });

      expect(await hasBackfill(id)).toBe(false);
      expect(await questionsOf(id)).toMatchObject([{ interval_seconds: 120 }]);
    });

    it('brings the next run forward when the interval shrinks, and never pushes it back', async () => {
      const id = await stored();
      const nextRunIn = async (seconds: number) =>
        await db.rows(
          `UPDATE watch_search_rules SET next_run_at = now() + $2 * interval '1 second' WHERE id = $1`,
          [id, seconds],
        );
      const secondsLeft = async (): Promise<number> => {
        const { body } = await me.call('GET', `/api/watch-rules/${id}`);
        return (Date.parse((body as WatchRuleOut).next_run_at ?? '') - Date.now()) / 1000;
      };

      await nextRunIn(3000);
      await patch(id, { poll_interval_seconds: 60 });
      expect(await secondsLeft()).toBeLessThanOrEqual(61);

      await nextRunIn(10);
      await patch(id, { poll_interval_seconds: 4000 });
      expect(await secondsLeft()).toBeLessThanOrEqual(11);

      await nextRunIn(9000);
      await patch(id, { name: 'Another' });
      expect(await secondsLeft()).toBeGreaterThan(8000);
    });

    it('leaves a rule that never ran due at once', async () => {
      const { id } = await create();
      const { body } = await patch(id, { poll_interval_seconds: 60 });

      expect((body as WatchRuleOut).next_run_at).toBeNull();
    });

    it.each<[body: unknown, message: string]>([
      [{ query: { sources: null } }, 'query.sources cannot be removed'],
    ])('answers 400 to %j', async (body, message) => {
      const id = await stored();
      const answer = await patch(id, body);

      expect([answer.status, answer.message]).toEqual([400, message]);
      expect(answer.body).toEqual({ error: { message, code: 'http_error', status: 400 } });
      expect(await eventTypes(id)).toEqual([]);
    });

    it.each<[query: Record<string, unknown>, message: string]>([
      [{ keywords: ['x'] }, 'query.sources must remain a non-empty list'],
      [{ sources: [], keywords: ['x'] }, 'query.sources must remain a non-empty list'],
      [{ sources: ['mock'], keywords: 'x' }, 'query.keywords must be a list when provided'],
      [
        { sources: ['mock'], keywords: [' '] },
        'query.keywords must contain at least one non-empty keyword when provided',
      ],
      [{ sources: ['mock'], max_price: 'x' }, 'query.max_price must be a numeric value'],
      [{ sources: ['mock'], max_price: -1 }, 'query.max_price must be non-negative'],
    ])('answers 400 to a change that leaves the old row %j unfit', async (query, message) => {
      const id = await stored({ query });
      const answer = await patch(id, { query: { color: 'red' } });

      expect([answer.status, answer.message]).toEqual([400, message]);
    });

    it('lets an old row be renamed and its query be mended', async () => {
      const id = await stored({ query: { keywords: 'x' } });

      expect((await patch(id, { name: 'Another' })).status).toBe(200);
      expect((await patch(id, { query: { keywords: ['x'], sources: ['mock'] } })).status).toBe(200);
    });

    it.each<[body: unknown, loc: unknown[], msg: string]>([
      [{ name: '' }, ['body', 'name'], 'String should have at least 1 character'],
      [{ query: 5 }, ['body', 'query'], 'Input should be a valid dictionary'],
      [
        { poll_interval_seconds: 5 },
        ['body', 'poll_interval_seconds'],
        'Input should be greater than or equal to 30',
      ],
      [{ query: { sources: [] } }, ['body', 'query'], 'Value error, query.sources must be a non-empty list'],
      [{ query: { sources: ['ebay'] } }, ['body', 'query'], 'Value error, Invalid provider source: ebay'],
      [
        { query: { max_price: '9' } },
        ['body', 'query'],
        'Value error, query.max_price must be a numeric value',
      ],
      [{ query: { q: ' ' } }, ['body', 'query'], 'Value error, query.q must be non-empty when provided'],
    ])('answers 422 to %j', async (body, loc, msg) => {
      const id = await stored();
      const answer = await patch(id, body);

      expect(answer.status).toBe(422);
      expect(itemsOf(answer.body)).toEqual([expect.objectContaining({ loc, msg })]);
      expect(await eventTypes(id)).toEqual([]);
    });

    it('does not let a query grow beyond its bound in steps', async () => {
      const id = await stored({ query: { ...QUERY, note: 'x'.repeat(3000) } });
      const { status, body } = await patch(id, { query: { other: 'x'.repeat(3000) } });

      expect([status, itemsOf(body)]).toEqual([
        422,
        [expect.objectContaining({ msg: 'Value error, query must have at most 4096 bytes' })],
      ]);
    });

    it('keeps every one of many concurrent changes', async () => {
      const { id } = await create();
      const changes = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => ({ query: { [key]: 1 } }));
      const answers = await Promise.all(changes.map(async (change) => await patch(id, change)));

      expect(answers.map((answer) => answer.status)).toEqual(changes.map(() => 200));
      const { body } = await me.call('GET', `/api/watch-rules/${id}`);
      expect((body as WatchRuleOut).query).toEqual({ ...QUERY, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 });
      expect((await eventTypes(id)).filter((type) => type === 'RULE_UPDATED')).toHaveLength(6);
    });
  });

  describe('disabling and enabling', () => {
    it.each<[string, (id: string) => Promise<{ status: number; body: unknown }>]>([
      ['POST …/disable', async (id) => await me.call('POST', `/api/watch-rules/${id}/disable`)],
      ['DELETE', async (id) => await me.call('DELETE', `/api/watch-rules/${id}`)],
      ['PATCH', async (id) => await patch(id, { is_active: false })],
    ])('%s keeps the rule, disabled, however often it is called', async (_name, disable) => {
      const { id } = await create();
      const first = await disable(id);
      const second = await disable(id);

      expect(first).toMatchObject({ status: 200, body: { id, is_active: false } });
      expect(second.body).toEqual(first.body);
      expect((await me.call('GET', `/api/watch-rules/${id}`)).body).toMatchObject(first.body as object);
      expect(await eventTypes(id)).toEqual(['RULE_CREATED', 'RULE_UPDATED', 'RULE_DISABLED']);
      expect(await questionsOf(id)).toEqual([]);
    });

    it('polls and looks back again once enabled', async () => {
      const { id } = await create({ is_active: false });
      await patch(id, { is_active: true });

      expect(await eventTypes(id)).toEqual(['RULE_CREATED', 'RULE_UPDATED', 'RULE_ENABLED']);
      expect(await questionsOf(id)).toMatchObject([{ provider: 'mock', key: 'primus' }]);
      expect(await hasBackfill(id)).toBe(true);
    });

    it('records one flip for concurrent disables', async () => {
      const { id } = await create();
      await Promise.all([1, 2, 3, 4].map(async () => await me.call('DELETE', `/api/watch-rules/${id}`)));

      expect((await eventTypes(id)).filter((type) => type === 'RULE_DISABLED')).toHaveLength(1);
    });
  });

  describe('deleting for good', () => {
    it('removes the rule with its polls and says so in an event', async () => {
      const { id } = await create({ name: 'Gone' });
      const { status, body } = await me.call('DELETE', `/api/watch-rules/${id}/hard`);

      expect([status, body]).toEqual([204, '']);
      expect(await ruleCount()).toBe(0);
      expect(await questionsOf(id)).toEqual([]);
      const events = await db.rows(
        'SELECT type, rule_id, payload FROM events WHERE user_id = $1 ORDER BY created_at',
        [me.id],
      );
      expect(events).toEqual([
        { type: 'RULE_CREATED', rule_id: null, payload: null },
        { type: 'RULE_DELETED', rule_id: null, payload: { rule_id: id, rule_name: 'Gone' } },
      ]);
      expect((await me.call('DELETE', `/api/watch-rules/${id}/hard`)).message).toBe('Watch rule not found');
    });

    it('deletes once however many ask', async () => {
      const { id } = await create();
      const answers = await Promise.all(
        [1, 2, 3].map(async () => await me.call('DELETE', `/api/watch-rules/${id}/hard`)),
      );

      expect(answers.map((answer) => answer.status).sort()).toEqual([204, 404, 404]);
      expect((await eventTypes()).filter((type) => type === 'RULE_DELETED')).toHaveLength(1);
    });
  });

  describe('how a rule is really polled', () => {
    const detail = async (id: string) =>
      (await me.call('GET', `/api/watch-rules/${id}`)).body as WatchRuleDetailOut;

    it('shows the interval that the budget allows, and what is asked when', async () => {
      const keywords = [randomUUID()];
      const { id } = await create({ query: { keywords, sources: ['mock'] }, poll_interval_seconds: 600 });
      expect((await detail(id)).effective_poll_interval_seconds).toBe(600);
      await db.rows(
        `UPDATE poll_targets SET stretch = 2.5, last_error = 'timeout' WHERE id IN (
           SELECT target_id FROM poll_subscriptions WHERE rule_id = $1)`,
        [id],
      );
      const rule = await detail(id);
      expect(rule).toMatchObject({ poll_interval_seconds: 600, effective_poll_interval_seconds: 1500 });
      expect(rule.polls).toEqual([
        {
          provider: 'mock',
          effective_poll_interval_seconds: 1500,
          last_checked_at: null,
          next_check_at: expect.stringMatching(INSTANT) as string,
          paused_until: null,
          last_error: 'timeout',
        },
      ]);
    });

    it('shows no interval for a rule that is disabled', async () => {
      const { id } = await create({ is_active: false });
      expect(await detail(id)).toMatchObject({ effective_poll_interval_seconds: null, polls: [] });
    });
  });

  describe('isolation', () => {
    it.each<[method: string, tail: string, body: unknown]>([
      ['GET', '', undefined],
      ['PATCH', '', { name: 'Mine now' }],
      ['PATCH', '', { query: { sources: null } }],
      ['POST', '/disable', undefined],
      ['DELETE', '', undefined],
      ['DELETE', '/hard', undefined],
    ])("%s %s answers somebody else's rule as one that does not exist", async (method, tail, body) => {
      const other = aCollector(http, issuer);
      await other.call('GET', '/api/watch-rules');
      const theirs = await create({}, other);

      const foreign = await me.call(method, `/api/watch-rules/${theirs.id}${tail}`, body);
      const unknown = await me.call(method, `/api/watch-rules/${randomUUID()}${tail}`, body);

      expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body]);
      expect(foreign.body).toEqual({
        error: { message: 'Watch rule not found', code: 'http_error', status: 404 },
      });
      expect((await other.call('GET', `/api/watch-rules/${theirs.id}`)).body).toMatchObject(theirs);
    });

    it('lists own rules only', async () => {
      const other = aCollector(http, issuer);
      await create({}, other);
      const mine = await create();

      expect((await me.call('GET', '/api/watch-rules')).body).toEqual([mine]);
    });
  });

  it.each(['nonsense', '123', `${randomUUID()}0`])('answers 422 to the id %s', async (id) => {
    const { status, body } = await me.call('GET', `/api/watch-rules/${id}`);

    expect(status).toBe(422);
    expect(itemsOf(body)).toEqual([
      {
        type: 'uuid_parsing',
        loc: ['path', 'rule_id'],
        msg: 'Input should be a valid UUID, invalid format',
      },
    ]);
  });

  it('knows an id in every spelling', async () => {
    const { id } = await create();

    for (const spelling of [id.toUpperCase(), id.replaceAll('-', ''), `{${id}}`, `urn:uuid:${id}`]) {
      const { body } = await me.call('GET', `/api/watch-rules/${encodeURIComponent(spelling)}`);
      expect(body).toMatchObject({ id });
    }
  });

  describe('pages', () => {
    const at = async (ids: string[], instant: string): Promise<void> => {
      await db.rows('UPDATE watch_search_rules SET created_at = $2 WHERE id = ANY($1::uuid[])', [
        ids,
        instant,
      ]);
    };
    const listIds = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
      const { status, body, headers } = await me.call('GET', `/api/watch-rules?${query}`);
      expect(status).toBe(200);
      return { ids: (body as WatchRuleOut[]).map((rule) => rule.id), next: headers.get('x-next-cursor') };
    };

    it('walks through rules of one instant, and of neighbouring microseconds, without gap or repetition', async () => {
      const ids = await Promise.all(Array.from({ length: 7 }, async () => await stored()));
      await at(ids.slice(0, 4), '2026-01-05T10:00:00.123456Z');
      await at(ids.slice(4), '2026-01-05T10:00:00.123457Z');
      const newestFirst = [...ids.slice(4).sort().reverse(), ...ids.slice(0, 4).sort().reverse()];

      const walked: string[] = [];
      let query = 'limit=2';
      for (;;) {
        const { ids: page, next } = await listIds(query);
        walked.push(...page);
        if (next === null) break;
        query = `limit=2&cursor=${encodeURIComponent(next)}`;
      }

      expect(walked).toEqual(newestFirst);
      expect((await listIds('limit=3&offset=2')).ids).toEqual(newestFirst.slice(2, 5));
      expect((await listIds('offset=7')).ids).toEqual([]);
    });

    it('takes a cursor that the client built itself, in either alphabet', async () => {
      const ids = await Promise.all([stored(), stored()]);
      await at(ids, '2026-01-05T10:00:00Z');
      const [first = '', second = ''] = [...ids].sort().reverse();

      for (const instant of [
        '2026-01-05T10:00:00Z',
        '2026-01-05T10:00:00.000000+00:00',
        '2026-01-05T10:00:00',
      ]) {
        const cursor = Buffer.from(`${instant}|${first}`).toString('base64');
        expect((await listIds(`cursor=${encodeURIComponent(cursor)}&offset=0`)).ids).toEqual([second]);
      }
    });

    it.each([
      '',
      'nonsense',
      'bm8',
      ...[
        'no',
        '2026-13-01T00:00:00Z|3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11',
        '2026-02-30T00:00:00Z|3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11',
        '0000-01-01|3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11',
        '2026-01-01T00:00:00+99:00|3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11',
        '2026-01-01|nonsense',
        '2026-01-01|3f0b0b5e-7f5e-4f6e-9a0c-3b8a0c4a9d11|x',
      ].map((text) => Buffer.from(text).toString('base64')),
    ])('refuses the cursor %p', async (cursor) => {
      const { status, body } = await me.call('GET', `/api/watch-rules?cursor=${encodeURIComponent(cursor)}`);

      expect(status).toBe(422);
      expect(body).toEqual({ error: { message: 'invalid cursor', code: 'http_error', status: 422 } });
    });

    it('refuses an offset with a cursor before it reads the cursor', async () => {
      const { status, message } = await me.call('GET', '/api/watch-rules?cursor=nonsense&offset=1');

      expect([status, message]).toEqual([422, 'offset cannot be used with cursor']);
    });

    it.each<[query: string, field: string, type: string]>([
      ['limit=0', 'limit', 'greater_than_equal'],
      ['limit=201', 'limit', 'less_than_equal'],
      ['limit=x', 'limit', 'int_parsing'],
      ['limit=', 'limit', 'int_parsing'],
      ['offset=-1', 'offset', 'greater_than_equal'],
      ['offset=1e400', 'offset', 'int_parsing'],
      ['offset=99999999999999999999', 'offset', 'less_than_equal'],
    ])('refuses ?%s', async (query, field, type) => {
      const { status, body } = await me.call('GET', `/api/watch-rules?${query}`);

      expect(status).toBe(422);
      expect(itemsOf(body)).toEqual([expect.objectContaining({ type, loc: ['query', field] })]);
    });

    it('reads lenient integers and the last of a repeated parameter', async () => {
      await Promise.all([stored(), stored(), stored()]);

      expect((await listIds('limit=1&limit=%202')).ids).toHaveLength(2);
      expect((await listIds('limit=1.0')).ids).toHaveLength(1);
    });
  });

  it.each([
    ['GET', '/api/watch-rules'],
    ['POST', '/api/watch-rules'],
    ['DELETE', `/api/watch-rules/${randomUUID()}`],
  ])('%s %s needs a login', async (method, path) => {
    const { status, message } = await http.call(method, path, {});

    expect([status, message]).toEqual([401, 'missing bearer token']);
  });
});
