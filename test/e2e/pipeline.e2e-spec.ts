import { randomUUID } from 'node:crypto';
import Redis from 'ioredis';
import { Client } from 'pg';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { useTestRedis } from '../support/redis';
import { StreamClient } from '../support/stream-client';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };

interface Inbox {
  id: string;
  event_id: string;
  event_type: string;
  channel: string;
  status: string;
}

describe('from a marketplace to the collector, across processes', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  let cluster: Cluster;
  let client: Client;
  let bell: Redis;

  beforeAll(async () => {
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
    });
    client = new Client({ connectionString: database.url });
    await client.connect();
    bell = new Redis(redis.url);
  }, 180_000);
  afterAll(async () => {
    await cluster.stop();
    await client.end();
    bell.disconnect();
  }, 180_000);
  afterEach(async () => {
    await Promise.all(cluster.workers.splice(0).map(async (worker) => await worker.stop()));
    cluster.ebay.reset();
    // What a test has asked for must not keep the next one's workers busy.
    await query('TRUNCATE poll_targets, poll_subscriptions');
  });

  const query = async <T extends object>(sql: string, params: unknown[] = []): Promise<T[]> =>
    (await client.query<T>(sql, params)).rows;

  /** A collector with an open stream and a rule on eBay for a word that nobody else uses. */
  const collector = async () => {
    const userId = randomUUID();
    const token = await cluster.issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
    const word = `band${userId.slice(0, 8)}`;
    const rule = await cluster.call<{ id: string }>(token, 'POST', '/api/watch-rules', {
      name: 'The one I miss',
      query: { keywords: [word], sources: ['ebay'], max_price: 50 },
      poll_interval_seconds: 3600,
    });
    const stream = await StreamClient.open(cluster.apiUrl, { token });
    return { userId, token, word, ruleId: rule.id, stream };
  };
  const publish = (word: string, price = '25.00') =>
    cluster.ebay.publish({ title: `${word} - First Album LP`, price, seller: 'record-shop', country: 'US' });
  /** The interval is over: the poll under way, if any, is waited for first. */
  const pollNow = async (word: string): Promise<void> =>
    await eventually(async () => {
      const moved = await query(
        'UPDATE poll_targets SET due_at = now() WHERE key = $1 AND lease_token IS NULL RETURNING id',
        [word],
      );
      expect(moved).toHaveLength(1);
    }, PATIENCE);
  const searchesFor = (word: string) =>
    cluster.ebay
      .requests('/buy/browse/v1/item_summary/search')
      .filter((request) => request.query.q === word && request.status === 200);
  const typesOf = (stream: StreamClient): unknown[] =>
    stream.events
      .filter(({ event }) => event === 'notification')
      .map(({ data }) => (JSON.parse(data) as { event_type: string }).event_type);

  /** Everything that must exist exactly once for one match, whatever happened on the way. */
  const expectOneAlert = async (userId: string, ruleId: string, stream: StreamClient) => {
    await eventually(async () => {
      const rows = await query<Inbox>(
        `SELECT channel, status, event_type FROM notifications WHERE user_id = $1 AND event_type = 'NEW_MATCH' ORDER BY channel`,
        [userId],
      );
      expect(rows).toEqual([
        { channel: 'email', status: 'sent', event_type: 'NEW_MATCH' },
        { channel: 'realtime', status: 'sent', event_type: 'NEW_MATCH' },
      ]);
      expect(typesOf(stream)).toEqual(['NEW_MATCH']);
    }, PATIENCE);
    const [counts] = await query(
      `SELECT (SELECT count(*)::int FROM watch_matches WHERE rule_id = $1) AS matches,
              (SELECT count(*)::int FROM events WHERE rule_id = $1 AND type = 'NEW_MATCH') AS events`,
      [ruleId],
    );
    expect(counts).toEqual({ matches: 1, events: 1 });
  };

  it('makes exactly one match, event, notification per channel and frame, with what it takes to buy', async () => {
    await cluster.startWorker();
    const { userId, token, word, ruleId, stream } = await collector();
    await eventually(() => expect(searchesFor(word)).toHaveLength(1), PATIENCE);
    publish(word);
    await pollNow(word);
    await expectOneAlert(userId, ruleId, stream);

    const inbox = await cluster.call<Inbox[]>(token, 'GET', '/api/notifications');
    expect(inbox).toHaveLength(1);
    const events = await cluster.call<{ id: string; type: string; payload: Record<string, unknown> }[]>(
      token,
      'GET',
      '/api/events',
    );
    const match = events.find((event) => event.id === inbox[0]?.event_id);
    expect(match?.payload).toMatchObject({
      rule_name: 'The one I miss',
      listing_title: `${word} - First Album LP`,
      price: 25,
      currency: 'USD',
      provider: 'ebay',
      seller: 'record-shop',
    });
    stream.close();
  }, 180_000);

  it('tells of a price that falls', async () => {
    await cluster.startWorker();
    const { userId, word, ruleId, stream } = await collector();
    await eventually(() => expect(searchesFor(word)).toHaveLength(1), PATIENCE);
    const item = publish(word, '40.00');
    await pollNow(word);
    await expectOneAlert(userId, ruleId, stream);
    cluster.ebay.changePrice(item.itemId, '30.00');
    await pollNow(word);
    await eventually(() => expect(typesOf(stream)).toEqual(['NEW_MATCH', 'LISTING_PRICE_DROP']), PATIENCE);
    const drops = await query(
      `SELECT payload->'old_price' AS before, payload->'price' AS after FROM events WHERE user_id = $1 AND type = 'LISTING_PRICE_DROP'`,
      [userId],
    );
    expect(drops).toEqual([{ before: 40, after: 30 }]);
    stream.close();
  }, 180_000);

  it('still alerts once when the worker is killed in the middle of a poll', async () => {
    const doomed = await cluster.startWorker();
    const { userId, word, ruleId, stream } = await collector();
    await eventually(() => expect(searchesFor(word)).toHaveLength(1), PATIENCE);
    publish(word);
    cluster.ebay.inject({ kind: 'hang', path: '/buy/browse/v1/item_summary/search' });
    await pollNow(word);
    await eventually(
      async () =>
        expect(
          await query('SELECT 1 FROM poll_targets WHERE key = $1 AND lease_token IS NOT NULL', [word]),
        ).toHaveLength(1),
      PATIENCE,
    );
    await cluster.killWorker(doomed);
    await cluster.startWorker();
    await expectOneAlert(userId, ruleId, stream);
    stream.close();
  }, 180_000);

  it('still alerts once when the worker is killed in the middle of a delivery', async () => {
    const doomed = await cluster.startWorker();
    const { userId, word, ruleId, stream } = await collector();
    await eventually(() => expect(searchesFor(word)).toHaveLength(1), PATIENCE);
    // Whoever delivers to this user in real time now waits for the row, with the notification claimed.
    await query('INSERT INTO user_streams (user_id) VALUES ($1) ON CONFLICT DO NOTHING', [userId]);
    await query('BEGIN');
    await query('SELECT FROM user_streams WHERE user_id = $1 FOR UPDATE', [userId]);
    publish(word);
    const other = new Client({ connectionString: database.url });
    await other.connect();
    try {
      await other.query('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
      await eventually(async () => {
        const { rowCount } = await other.query(
          `SELECT FROM notifications WHERE user_id = $1 AND channel = 'realtime' AND lease_token IS NOT NULL`,
          [userId],
        );
        expect(rowCount).toBe(1);
      }, PATIENCE);
      await cluster.killWorker(doomed);
    } finally {
      await query('ROLLBACK');
      await other.end();
    }
    await cluster.startWorker();
    await expectOneAlert(userId, ruleId, stream);
    stream.close();
  }, 180_000);

  it('delivers what Redis has forgotten', async () => {
    await cluster.startWorker();
    const { userId, word, ruleId, stream } = await collector();
    await eventually(() => expect(searchesFor(word)).toHaveLength(1), PATIENCE);
    const forget = setInterval(() => void forgetEverything(), 5);
    try {
      publish(word);
      await pollNow(word);
      await expectOneAlert(userId, ruleId, stream);
    } finally {
      clearInterval(forget);
    }
    stream.close();
  }, 180_000);

  /** As after FLUSHALL, for the keys of this test file. */
  const forgetEverything = async (): Promise<void> => {
    const keys = await bell.keys(`${redis.prefix}*`);
    if (keys.length > 0) await bell.del(...keys);
  };

  it('replays to a client that comes back what it has missed, in order and once', async () => {
    await cluster.startWorker();
    const { token, word, stream } = await collector();
    await eventually(() => expect(searchesFor(word)).toHaveLength(1), PATIENCE);
    publish(word);
    await pollNow(word);
    await eventually(() => expect(stream.ids).toHaveLength(1), PATIENCE);
    stream.close();
    publish(word, '20.00');
    publish(word, '21.00');
    await pollNow(word);
    await eventually(
      async () => expect(await cluster.call<Inbox[]>(token, 'GET', '/api/notifications')).toHaveLength(3),
      PATIENCE,
    );
    const again = await StreamClient.open(cluster.apiUrl, { token, lastEventId: String(stream.ids[0]) });
    await eventually(() => expect(again.ids).toEqual([2, 3]), PATIENCE);
    again.close();
  }, 180_000);

  it('asks each question once per interval, however many schedulers there are', async () => {
    await Promise.all([cluster.startWorker(), cluster.startWorker()]);
    const collectors = await Promise.all(Array.from({ length: 6 }, collector));
    for (let round = 1; round <= 3; round += 1) {
      await eventually(() => {
        for (const { word } of collectors) expect(searchesFor(word)).toHaveLength(round);
      }, PATIENCE);
      // Both schedulers tick twice a second; another poll within the interval would show before the next round.
      await eventually(async () => {
        const leased = await query('SELECT 1 FROM poll_targets WHERE lease_token IS NOT NULL');
        expect(leased).toHaveLength(0);
      }, PATIENCE);
      for (const { word } of collectors) await pollNow(word);
    }
    await eventually(() => {
      for (const { word } of collectors) expect(searchesFor(word)).toHaveLength(4);
    }, PATIENCE);
    const counts = collectors.map(({ word }) => searchesFor(word).length);
    expect(counts).toEqual(collectors.map(() => 4));
    collectors.forEach(({ stream }) => stream.close());
  }, 90_000);
});
