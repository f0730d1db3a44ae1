import { AuthModule, LocalIssuer } from '@waxwatch/auth';
import { Database } from '@waxwatch/platform/database';
import { JobQueue } from '@waxwatch/platform/queue';
import { QueueDashboardModule } from '@waxwatch/queue-dashboard';
import type { Browser } from 'playwright-core';
import { deliverDue } from '../../libs/notifications/src/notifications.jobs';
import { launchBrowser } from '../support/browser';
import { useTestDatabase } from '../support/database';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { useTestRedis } from '../support/redis';

/** The page asks for a font elsewhere, which nothing depends on, and does not get it. */
const OUTSIDE_FONT = /fonts\.googleapis\.com/;

describe('the queue dashboard', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let browser: Browser;

  beforeAll(async () => {
    await issuer.start();
    http = await startHttpApp(
      [
        AuthModule,
        QueueDashboardModule.forRoot({
          QUEUE_DASHBOARD_ENABLED: true,
          QUEUE_EAGER: false,
          isProductionLike: false,
        }),
      ],
      {
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        QUEUE_PREFIX: redis.prefix,
        QUEUE_EAGER: 'false',
        AUTH_ISSUER: issuer.issuer,
      },
    );
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await http.close();
    await issuer.stop();
  });

  it('runs under its policy, and shows the jobs of a queue', async () => {
    await http.app.get(JobQueue).nudge(deliverDue, {});
    const sub = await insertUser(http.app.get(Database));
    const token = issuer.issueToken({ sub, app_metadata: { role: 'admin' } });
    const context = await browser.newContext({
      locale: 'en-US',
      extraHTTPHeaders: { authorization: `Bearer ${token}` },
    });
    const page = await context.newPage();
    const troubles: string[] = [];
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !OUTSIDE_FONT.test(message.text())) troubles.push(message.text());
    });

    await page.goto(`${http.url}/admin/queues/queue/deliveries`);
    await page.getByText('deliver-due').first().waitFor();

    expect(await page.title()).toContain('WaxWatch queues');
    expect(troubles).toEqual([]);
    await context.close();
  });
});
