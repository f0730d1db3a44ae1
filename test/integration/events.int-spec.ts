import { randomUUID } from 'node:crypto';
import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { EventsApiModule, EventsService, type NewEvent } from '@waxwatch/events';
import { Database } from '@waxwatch/platform/database';
import { aCollector, type Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { insertRule } from '../support/factories/watch-rules';
import { type HttpApp, startHttpApp } from '../support/http-app';

interface EventBody extends Record<string, unknown> {
  id: string;
  type: string;
}

describe('GET /api/events', () => {
  const database = useTestDatabase();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let db: Database;
  let me: Collector;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp([AuthModule, EventsApiModule], {
      DATABASE_URL: database.url,
      AUTH_ISSUER: issuer.issuer,
    });
    db = http.app.get(Database);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });
  beforeEach(async () => {
    me = aCollector(http, issuer);
    await me.call('GET', '/api/events');
  });

  const record = async (...events: Partial<NewEvent>[]): Promise<void> => {
    const complete = events.map((event) => ({ userId: me.id, type: 'RULE_CREATED' as const, ...event }));
    await db.transaction(async (tx) => await http.app.get(EventsService).record(tx, complete));
  };
  const list = async (query = '', who = me): Promise<{ events: EventBody[]; next: string | null }> => {
    const { status, body, headers } = await who.call('GET', `/api/events${query}`);
    expect(status).toBe(200);
    return { events: body as EventBody[], next: headers.get('x-next-cursor') };
  };

  it('shows an event whole', async () => {
    const ruleId = await insertRule(db, { userId: me.id });
    await record({
      type: 'NEW_MATCH',
      ruleId,
      payload: { rule_name: 'Primus', price: 12.5, nested: { a: [1] } },
    });

    expect((await list()).events).toEqual([
      {
        id: expect.any(String) as unknown,
        user_id: me.id,
        type: 'NEW_MATCH',
        watch_release_id: null,
        rule_id: ruleId,
        listing_id: null,
        payload: { rule_name: 'Primus', price: 12.5, nested: { a: [1] } },
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/) as unknown,
      },
    ]);
  });

  it('shows events of one change in the reverse of the order in which they happened', async () => {
    await record({ type: 'RULE_CREATED' });
    await record({ type: 'RULE_UPDATED' }, { type: 'RULE_DISABLED' });

    expect((await list()).events.map((event) => event.type)).toEqual([
      'RULE_DISABLED',
      'RULE_UPDATED',
      'RULE_CREATED',
    ]);
  });

  it('answers nothing to somebody to whom nothing happened', async () => {
    await record({});

    expect(await list('', aCollector(http, issuer))).toEqual({ events: [], next: null });
  });

  it('walks through events of one instant without gap or repetition', async () => {
    await record(...Array.from({ length: 5 }, () => ({})));
    await db.rows(`UPDATE events SET created_at = '2026-01-05T10:00:00.999999Z' WHERE user_id = $1`, [me.id]);

    const walked: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { events, next } = await list(query);
      walked.push(...events.map((event) => event.id));
      if (next === null) break;
      query = `?limit=2&cursor=${encodeURIComponent(next)}`;
    }

    expect(walked).toHaveLength(5);
    expect(walked).toEqual([...new Set(walked)].sort().reverse());
  });

  it('gives no cursor where nothing follows', async () => {
    await record({}, {});

    expect((await list('?limit=2')).next).toBeNull();
    expect((await list('?limit=1')).next).not.toBeNull();
    expect(await list('?offset=2')).toEqual({ events: [], next: null });
  });

  it.each<[query: string, message: string]>([
    ['?cursor=', 'invalid cursor'],
    [`?cursor=${Buffer.from(`2026-01-05|${randomUUID()}`).toString('base64url')}x`, 'invalid cursor'],
    ['?cursor=x&offset=5', 'offset cannot be used with cursor'],
    ['?limit=201', 'validation error'],
  ])('refuses %s', async (query, message) => {
    const answer = await me.call('GET', `/api/events${query}`);

    expect([answer.status, answer.message]).toEqual([422, message]);
  });

  it('needs a login', async () => {
    expect((await http.call('GET', '/api/events')).message).toBe('missing bearer token');
  });

  it('answers 405 to another method', async () => {
    const { status, message, headers } = await me.call('POST', '/api/events', {});

    expect([status, message, headers.get('allow')]).toEqual([405, 'Method Not Allowed', 'GET']);
  });
});
