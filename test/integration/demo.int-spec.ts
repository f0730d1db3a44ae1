import { Lifecycle } from '@waxwatch/platform/lifecycle';
import { DemoClient } from '../../apps/demo/demo-client';
import { startDemo } from '../../apps/demo/start-demo';
import { useTestDatabase } from '../support/database';

const ENV = {
  ENVIRONMENT: 'test',
  LOG_LEVEL: 'silent',
  DEMO_PORT: '0',
  MOCK_PUBLISH_INTERVAL_SECONDS: '86400',
};

describe('the demo', () => {
  const database = useTestDatabase();

  async function whileItRuns<Result>(use: (client: DemoClient) => Promise<Result>): Promise<Result> {
    const demo = await startDemo({
      env: ENV,
      databaseUrl: database.url,
      dataDir: '',
      onAlert: () => undefined,
      onStep: () => undefined,
    });
    try {
      return await use(new DemoClient(demo.url, demo.token));
    } finally {
      await demo.app.get(Lifecycle, { strict: false }).drain();
      await demo.app.close();
      await demo.release();
    }
  }

  it('has at the next start what its collector chose, rules and preferences alike', async () => {
    const chosen = await whileItRuns(async (client) => {
      const [rule] = await client.call<{ id: string }[]>('GET', '/api/watch-rules');
      await client.call('POST', `/api/watch-rules/${rule?.id}/disable`);
      await client.call('PATCH', '/api/me', {
        display_name: 'Ada',
        preferences: { currency: 'EUR', notifications_email: true },
      });
      return await client.call('GET', '/api/watch-rules');
    });

    await whileItRuns(async (client) => {
      expect(await client.call('GET', '/api/watch-rules')).toEqual(chosen);
      expect(await client.call('GET', '/api/me')).toMatchObject({
        display_name: 'Ada',
        preferences: { currency: 'EUR', notifications_email: true },
      });
    });
  }, 180_000);
});
