import { Test } from '@nestjs/testing';
import { ConfigModule, parseConfig } from '@waxwatch/platform/config';
import { PubSub, PubSubModule } from '@waxwatch/platform/pubsub';
import { RedisModule } from '@waxwatch/platform/redis';
import { findRedisServer, type RunningRedis, startRedis } from '../support/bring-up/redis';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { useTestRedis } from '../support/redis';

interface Process {
  pubsub: PubSub;
  close: () => Promise<void>;
}

async function startProcess(env: Record<string, string>): Promise<Process> {
  const config = parseConfig({
    ENVIRONMENT: 'test',
    AUTH_ISSUER: 'http://127.0.0.1:1',
    DATABASE_URL: 'postgresql://127.0.0.1:1/unused_test',
    ...env,
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), RedisModule, PubSubModule],
  }).compile();
  module.useLogger(false);
  await module.init();
  return { pubsub: module.get(PubSub), close: async () => await module.close() };
}

/** Publishes until the listener has heard it: a subscription takes a moment to reach Redis. */
const publishUntilHeard = async (
  { pubsub }: Process,
  message: string,
  heard: readonly string[],
): Promise<void> => {
  await eventually(
    async () => {
      await pubsub.publish('news', message);
      await eventually(() => expect(heard).toContain(message), { timeoutMs: 200 });
    },
    { timeoutMs: 15_000 },
  );
};

const redis = useTestRedis();

describe.each([
  ['in this process', (): Record<string, string> => ({ QUEUE_EAGER: 'true' })],
  ['over Redis', (): Record<string, string> => ({ REDIS_URL: redis.url, QUEUE_PREFIX: redis.prefix })],
])('hints %s', (_, env) => {
  it('reach every listener of their channel, in order, and no other', async () => {
    const process = await startProcess(env());
    const [first, second, elsewhere]: [string[], string[], string[]] = [[], [], []];
    await process.pubsub.subscribe('news', (message) => first.push(message));
    await process.pubsub.subscribe('news', (message) => second.push(message));
    await process.pubsub.subscribe('other', (message) => elsewhere.push(message));
    await publishUntilHeard(process, '0', first);

    for (const message of ['1', '2', '3']) expect(await process.pubsub.publish('news', message)).toBe(true);

    await eventually(() =>
      expect([first.slice(-3), second.slice(-3)]).toEqual([
        ['1', '2', '3'],
        ['1', '2', '3'],
      ]),
    );
    expect(elsewhere).toEqual([]);
    await process.close();
  });
});

describe('hints over a Redis that comes and goes', () => {
  it('get lost while it is away, and are heard again afterwards, also from a start without it', async () => {
    const found = await findRedisServer();
    if ('unavailable' in found) throw new Error(found.unavailable);
    const port = await freePort();
    const process = await startProcess({ REDIS_URL: `redis://127.0.0.1:${port}` });
    const heard: string[] = [];
    await process.pubsub.subscribe('news', (message) => heard.push(message));
    expect(await process.pubsub.publish('news', '1')).toBe(false);

    let server: RunningRedis = await startRedis(found.path, port);
    await publishUntilHeard(process, '2', heard);
    await server.stop();
    const startedAt = performance.now();
    expect(await process.pubsub.publish('news', '3')).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(2500);
    server = await startRedis(found.path, port);
    await publishUntilHeard(process, '4', heard);

    expect(heard).not.toContain('3');
    await process.close();
    await server.stop();
  }, 30_000);
});
