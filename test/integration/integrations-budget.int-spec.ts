import Redis from 'ioredis';
import { InProcessBudget } from '../../libs/integrations/src/budget/in-process-budget';
import { RedisBudget, type RedisBudgetOptions } from '../../libs/integrations/src/budget/redis-budget';
import { refusalOf } from '../simulators/client-tools';
import { eventually } from '../support/eventually';
import { useTestRedis } from '../support/redis';

const WINDOW_MS = 1_500;
const LIMITS = { discogs: { limit: 10, windowMs: WINDOW_MS, reserved: 3 } };

describe('RedisBudget', () => {
  const redis = useTestRedis();
  const clients: Redis[] = [];
  let run = 0;

  beforeEach(() => {
    run++;
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });

  /** The budget of one more process. */
  function process(options: Partial<RedisBudgetOptions> = {}, url = redis.url): RedisBudget {
    const client = new Redis(url, {
      maxRetriesPerRequest: 0,
      enableOfflineQueue: url === redis.url,
      retryStrategy: null,
    });
    client.on('error', () => undefined);
    clients.push(client);
    return new RedisBudget(client, {
      limits: LIMITS,
      keyPrefix: `${redis.prefix}:${run}:`,
      now: Date.now,
      ...options,
    });
  }

  const outcome = async (work: Promise<void>): Promise<boolean> =>
    await work.then(
      () => true,
      () => false,
    );

  it('gives all processes together no more than the limit, however many ask at once', async () => {
    const processes = [process(), process(), process()];
    const calls = Array.from({ length: 40 }, (_, call) =>
      processes[call % 3]?.take('discogs', 'interactive'),
    );
    const granted = await Promise.all(
      calls.map((call) => outcome(call ?? Promise.reject(new Error('no process')))),
    );
    expect(granted.filter(Boolean)).toHaveLength(10);
    expect(await processes[0]?.use('discogs')).toEqual({ used: 10, limit: 10, windowMs: WINDOW_MS });
  });

  it('keeps the reserve for people who wait, and says when there is room', async () => {
    const [one, two] = [process(), process()];
    for (let call = 0; call < 7; call++) await one.take('discogs', 'background');
    const refusal = await refusalOf(two.take('discogs', 'background'));
    expect(refusal.kind).toBe('budget_exhausted');
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(WINDOW_MS);
    for (let call = 0; call < 3; call++) await two.take('discogs', 'interactive');
    await eventually(async () => await two.take('discogs', 'background'), { timeoutMs: 3 * WINDOW_MS });
  });

  it('tells every process how much room there is', async () => {
    const [one, two] = [process(), process()];
    for (let call = 0; call < 4; call++) await one.take('discogs', 'background');
    expect(await two.room('discogs', 'background')).toEqual({ calls: 3, freeInMs: 0 });
    for (let call = 0; call < 3; call++) await one.take('discogs', 'background');
    const full = await two.room('discogs', 'background');
    expect(full?.calls).toBe(0);
    expect(full?.freeInMs).toBeGreaterThan(0);
  });

  it('lets the background calls of all processes stand back for somebody who was refused', async () => {
    const [one, two] = [process(), process()];
    for (let call = 0; call < 10; call++) await one.take('discogs', 'interactive');
    await refusalOf(one.take('discogs', 'interactive'));
    // The window passes at once and the moment of standing back does not, however slow the machine is.
    const [client] = clients;
    const [calls = '', ...others] = ((await client?.keys(`${redis.prefix}:${run}:*`)) ?? []).sort();
    for (const key of others) await client?.pexpire(key, 60_000);
    await client?.del(calls);
    expect(await refusalOf(two.take('discogs', 'background'))).toMatchObject({ kind: 'budget_exhausted' });
    await one.take('discogs', 'interactive');
    await two.take('discogs', 'background');
  });

  it('shares what one process learns from an answer', async () => {
    const [one, two] = [process(), process()];
    one.observe('discogs', { 'x-discogs-ratelimit-remaining': '0' });
    // Commands of one connection run in order, so the budget has learned it by now.
    expect(await one.use('discogs')).toMatchObject({ used: 10 });
    expect(await refusalOf(two.take('discogs', 'interactive'))).toMatchObject({ kind: 'budget_exhausted' });
  });

  it('shares what the provider itself counts, until its counter starts anew', async () => {
    const [one, two] = [process(), process()];
    await one.take('discogs', 'interactive');
    one.correct('discogs', 2, new Date(Date.now() + 3_600_000));
    expect(await one.use('discogs')).toMatchObject({ used: 8 });
    one.correct('discogs', 0, new Date(Date.now() - 1));
    one.correct('discogs', 9, new Date(Date.now() + 3_600_000));
    expect(await two.use('discogs')).toMatchObject({ used: 8 });

    const [soon] = [process()];
    soon.correct('discogs', 0, new Date(Date.now() + 20));
    await eventually(async () => await two.take('discogs', 'interactive'), { timeoutMs: 3 * WINDOW_MS });
  });

  it('goes on alone with a cautious share while Redis is away, and asks it again later', async () => {
    let now = Date.now();
    const alone = process({ now: () => now, cautiousShare: 0.3 }, 'redis://127.0.0.1:1');
    for (let call = 0; call < 3; call++) await alone.take('discogs', 'interactive');
    expect(await refusalOf(alone.take('discogs', 'interactive'))).toMatchObject({ kind: 'budget_exhausted' });
    now += WINDOW_MS;
    await alone.take('discogs', 'interactive');
  });

  it('does not wait for a Redis that does not answer', async () => {
    const silent = { eval: () => new Promise<never>(() => undefined) };
    const budget = new RedisBudget(silent, { limits: LIMITS, keyPrefix: '', now: Date.now, timeoutMs: 50 });
    const startedAt = performance.now();
    await budget.take('discogs', 'interactive');
    await budget.take('discogs', 'interactive');
    expect(performance.now() - startedAt).toBeLessThan(200);
  });

  it('counts like the budget of a single process', async () => {
    const shared = process();
    const single = new InProcessBudget(LIMITS, Date.now);
    for (let call = 0; call < 12; call++) {
      const priority = call % 2 === 0 ? 'background' : 'interactive';
      expect(await outcome(shared.take('discogs', priority))).toBe(
        await outcome(single.take('discogs', priority)),
      );
    }
  });
});
