import Redis from 'ioredis';
import { randomUUID } from 'node:crypto';
import { InProcessStorage } from '../../libs/platform/src/rate-limit/in-process-storage';
import type { RateLimitStorage } from '../../libs/platform/src/rate-limit/rate-limit-storage';
import {
  type RateLimitRedis,
  RedisStorage,
  type RedisStorageOptions,
} from '../../libs/platform/src/rate-limit/redis-storage';
import { eventually } from '../support/eventually';
import { useTestRedis } from '../support/redis';

const LONG_MS = 60_000;
const SHORT_MS = 1000;

const redis = useTestRedis();
const clients: Redis[] = [];

async function connect(): Promise<Redis> {
  const client = new Redis(redis.url, { enableOfflineQueue: false, lazyConnect: true });
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

function overRedis(client: RateLimitRedis, options: Partial<RedisStorageOptions> = {}): RedisStorage {
  return new RedisStorage(client, {
    keyPrefix: `${redis.prefix}:`,
    now: Date.now,
    nextId: randomUUID,
    timeoutMs: 5000,
    ...options,
  });
}

afterAll(() => {
  for (const client of clients) client.disconnect();
});

const askOf =
  (storage: RateLimitStorage) =>
  async (key: string, limit: number, ttl = LONG_MS, throttler = 'any') =>
    await storage.increment(key, ttl, limit, 0, throttler);

describe.each<[string, () => Promise<RateLimitStorage>]>([
  ['in this process', async () => await Promise.resolve(new InProcessStorage(Date.now))],
  ['over Redis', async () => overRedis(await connect())],
])('logs of requests %s', (_, make) => {
  let ask: ReturnType<typeof askOf>;
  let key: string;

  beforeAll(async () => {
    ask = askOf(await make());
  });
  beforeEach(() => {
    key = randomUUID();
  });

  it('admit up to the limit, count what they admit, and say how long the rest has to wait', async () => {
    expect(await ask(key, 2)).toMatchObject({ totalHits: 1, isBlocked: false, timeToBlockExpire: 0 });
    expect(await ask(key, 2)).toMatchObject({ totalHits: 2, isBlocked: false });
    const refusal = await ask(key, 2);
    expect(refusal).toMatchObject({ totalHits: 2, isBlocked: true });
    expect(refusal.timeToBlockExpire).toBeGreaterThanOrEqual(59);
    expect(refusal.timeToBlockExpire).toBeLessThanOrEqual(60);
  });

  it('keep keys apart', async () => {
    await ask(key, 1);
    expect((await ask(`${key}-other`, 1)).isBlocked).toBe(false);
  });

  it('have room again once the window is over, however often was asked meanwhile', async () => {
    await ask(key, 1, SHORT_MS);
    expect((await ask(key, 1, SHORT_MS)).isBlocked).toBe(true);
    await eventually(async () => expect((await ask(key, 1, SHORT_MS)).isBlocked).toBe(false));
  });

  it('admit exactly the limit of those who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, async () => await ask(key, 10)));
    expect(answers.filter(({ isBlocked }) => !isBlocked)).toHaveLength(10);
  });

  it('forget a request that is taken back', async () => {
    const first = await ask(key, 1);
    first.undo();
    expect((await ask(key, 1)).isBlocked).toBe(false);
    (await ask(key, 1)).undo(); // was refused
    expect((await ask(key, 1)).isBlocked).toBe(true);
  });

  it('follow a limit that has become smaller', async () => {
    for (let request = 0; request < 3; request++) await ask(key, 5);
    const refusal = await ask(key, 2);
    expect(refusal).toMatchObject({ isBlocked: true });
    expect(refusal.timeToBlockExpire).toBeLessThanOrEqual(60);
  });
});

describe('logs of requests over Redis', () => {
  it('are shared by all processes', async () => {
    const [one, two] = [askOf(overRedis(await connect())), askOf(overRedis(await connect()))];
    const key = randomUUID();
    await one(key, 2);
    await two(key, 2);
    expect((await one(key, 2)).isBlocked).toBe(true);
    expect((await two(key, 2)).isBlocked).toBe(true);
  });

  it('leave nothing behind when their window is over', async () => {
    const client = await connect();
    await askOf(overRedis(client))('gone', 5, SHORT_MS);
    const ttl = await client.pttl(`${redis.prefix}:gone`);
    expect(ttl).toBeGreaterThan(0);
    expect(ttl).toBeLessThanOrEqual(SHORT_MS);
  });
});

describe('a Redis that is away', () => {
  const hanging = () => {
    const asked: string[] = [];
    const client: RateLimitRedis = {
      status: 'ready',
      eval: async (_script, _count, key) => {
        asked.push(String(key));
        return await new Promise<never>(() => undefined);
      },
      zrem: async () => await new Promise<never>(() => undefined),
    };
    return { client, asked };
  };

  it('costs one wait; then each process counts alone, and asks again later', async () => {
    const { client, asked } = hanging();
    let [now, losses] = [1_000_000, 0];
    const options = { now: () => now, timeoutMs: 50, retryAfterMs: 5000, onAway: () => losses++ };
    const ask = askOf(overRedis(client, options));
    const startedAt = performance.now();
    for (let request = 0; request < 3; request++) expect((await ask('key', 3)).isBlocked).toBe(false);
    expect((await ask('key', 3)).isBlocked).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(asked).toHaveLength(1);

    now += 5000;
    await Promise.all([ask('key', 9), ask('key', 9), ask('key', 9)]);
    expect(asked).toHaveLength(2);
    expect(losses).toBe(1);
  });

  it('closes what must not be guessed at', async () => {
    const options = { timeoutMs: 20, closedWithoutRedis: new Set(['guarded']) };
    const ask = askOf(overRedis(hanging().client, options));

    await expect(ask('key', 5, LONG_MS, 'guarded')).rejects.toMatchObject({
      code: 'unavailable',
      retryAfterSeconds: 5,
    });
    expect((await ask('key', 5)).isBlocked).toBe(false);
  });

  it('is used again as soon as it is back', async () => {
    const client = await connect();
    let isAway = true;
    const flaky: RateLimitRedis = {
      get status() {
        return isAway ? 'reconnecting' : client.status;
      },
      eval: async (...args) => await client.eval(...args),
      zrem: async (...args) => await client.zrem(...args),
    };
    const ask = askOf(overRedis(flaky));
    const key = randomUUID();
    await ask(key, 5);
    isAway = false;
    await ask(key, 5);

    await eventually(async () => expect(await client.zcard(`${redis.prefix}:${key}`)).toBe(1));
  });
});
