import { type AlertMessage, ApiError, createWaxWatchClient, followAlerts } from '@waxwatch/api-client';
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { DroppingProxy } from '../support/dropping-proxy';
import { eventually } from '../support/eventually';
import { useTestRedis } from '../support/redis';

const PATIENCE = { timeoutMs: 60_000, intervalMs: 50 };
const SEARCH = '/buy/browse/v1/item_summary/search';

describe('the client package', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  let cluster: Cluster;
  let network: DroppingProxy;
  let sql: Client;

  beforeAll(async () => {
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
    });
    network = await DroppingProxy.start(cluster.apiUrl);
    sql = new Client({ connectionString: database.url });
    await sql.connect();
    await cluster.startWorker();
  }, 180_000);
  afterAll(async () => {
    await network.stop();
    await cluster.stop();
    await sql.end();
  }, 180_000);

  const optionsFor = async (userId: string) => {
    const token = await cluster.issuer.issueToken({ sub: userId, email: `${userId}@collector.example` });
    return { baseUrl: network.url, token: () => token, minDelayMs: 20, maxDelayMs: 200 };
  };
  const pollNow = async (word: string): Promise<void> =>
    await eventually(async () => {
      const { rowCount } = await sql.query(
        'UPDATE poll_targets SET due_at = now() WHERE key = $1 AND lease_token IS NULL',
        [word],
      );
      expect(rowCount).toBe(1);
    }, PATIENCE);
  /** Puts a copy up for sale and waits until so many alerts are delivered, seen or not. */
  const sell = async (userId: string, word: string, title: string, delivered: number): Promise<void> => {
    cluster.ebay.publish({ title, price: '25.00', seller: 'record-shop', country: 'US' });
    await pollNow(word);
    await eventually(async () => {
      const { rows } = await sql.query<{ last_id: string }>(
        'SELECT last_id FROM user_streams WHERE user_id = $1',
        [userId],
      );
      expect(Number(rows[0]?.last_id)).toBe(delivered);
    }, PATIENCE);
  };

  it('walks from a rule to its alerts, and misses none over a broken connection', async () => {
    const userId = randomUUID();
    const word = `band${userId.slice(0, 8)}`;
    const options = await optionsFor(userId);
    const client = createWaxWatchClient(options);
    const { data: rule, response } = await client.POST('/api/watch-rules', {
      body: {
        name: 'The one I miss',
        query: { keywords: [word], sources: ['ebay'] },
        poll_interval_seconds: 3600,
      },
    });
    expect(response.status).toBe(201);
    await eventually(
      () => expect(cluster.ebay.requests(SEARCH).filter(({ query }) => query.q === word)).toHaveLength(1),
      PATIENCE,
    );

    const messages: AlertMessage[] = [];
    const states: string[] = [];
    const end = new AbortController();
    const following = (async () => {
      const onConnection = (state: string) => states.push(state);
      for await (const message of followAlerts({ ...options, signal: end.signal, onConnection })) {
        messages.push(message);
      }
    })();
    await eventually(() => expect(states).toEqual(['open']), PATIENCE);
    await sell(userId, word, `${word} - First Album LP`, 1);
    await eventually(() => expect(messages).toHaveLength(1), PATIENCE);
    network.drop();
    await sell(userId, word, `${word} - Second Album LP`, 2);
    await eventually(() => expect(messages).toHaveLength(2), PATIENCE);
    end.abort();
    await following;

    expect(messages.map((message) => [message.type, message.id])).toEqual([
      ['notification', '1'],
      ['notification', '2'],
    ]);
    expect(states).toEqual(['open', 'lost', 'open']);
    const { data: inbox } = await client.GET('/api/notifications', { params: { query: { limit: 10 } } });
    expect(inbox?.map((entry) => entry.event_type)).toEqual(['NEW_MATCH', 'NEW_MATCH']);
    const { data: found } = await client.GET('/api/watch-rules/{rule_id}/matches', {
      params: { path: { rule_id: rule?.id ?? '' } },
    });
    expect(found?.map((match) => match.listing.title).sort()).toEqual([
      `${word} - First Album LP`,
      `${word} - Second Album LP`,
    ]);
  }, 180_000);

  it('answers failures as the document says them', async () => {
    const client = createWaxWatchClient(await optionsFor(randomUUID()));

    const { error, response } = await client.GET('/api/watch-rules/{rule_id}', {
      params: { path: { rule_id: randomUUID() } },
    });

    expect(response.status).toBe(404);
    expect(error?.error).toEqual({ message: 'Watch rule not found', code: 'http_error', status: 404 });
  });

  it('stops following when it is not let in', async () => {
    const stream = followAlerts({ baseUrl: network.url, token: 'nonsense' });

    const failure: unknown = await stream.next().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ status: 401, message: 'invalid bearer token' });
  });
});
