import { AuthModule, LocalAccounts, LocalIssuer } from '@waxwatch/auth';
import { runCorrelated } from '@waxwatch/platform/correlation';
import { Database } from '@waxwatch/platform/database';
import {
  defineJob,
  HandlesJob,
  type JobDefinition,
  type JobHandler,
  JobQueue,
  QueueWorkerModule,
} from '@waxwatch/platform/queue';
import { QueueDashboardModule } from '@waxwatch/queue-dashboard';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { runImports } from '../../libs/discogs-account/src/imports.jobs';
import { eraseSellers } from '../../libs/ebay-deletions/src/ebay-deletions.jobs';
import { backfillRules } from '../../libs/listings/src/listings.jobs';
import { deliverDue } from '../../libs/notifications/src/notifications.jobs';
import { pollDue } from '../../libs/polling/src/polling.jobs';
import { CookieClient } from '../support/cookie-client';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertUser } from '../support/factories/users';
import { type HttpApp, startHttpApp } from '../support/http-app';
import { useTestRedis } from '../support/redis';

const QUEUES = ['polls', 'deliveries', 'imports', 'backfills', 'maintenance'];
const PASSWORD = 'correct horse battery';

interface Job {
  id: string;
  name: string;
  data: unknown;
  failedReason?: string;
  stacktrace?: string[];
}
interface Board {
  queues: { isPaused: boolean; name: string; counts: Record<string, number>; jobs: Job[] }[];
}

const task = defineJob({ queue: 'maintenance', name: 'do-task', payload: z.object({}) });

/** Fails as often as it is told to. */
@HandlesJob(task)
class Tasks implements JobHandler<object> {
  failures = 0;
  done = 0;

  async handle(): Promise<void> {
    await Promise.resolve();
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('no answer from https://ada:hunter2@api.example for ada@collector.example');
    }
    this.done += 1;
  }
}

describe('/admin/queues', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const issuer = new LocalIssuer({ environment: 'test' });
  let http: HttpApp;
  let admin: string;
  let user: string;

  const start = async (env: Record<string, string> = {}, metadata = {}): Promise<HttpApp> => {
    const isEager = env['QUEUE_EAGER'] === 'true';
    const settings = {
      QUEUE_DASHBOARD_ENABLED: env['QUEUE_DASHBOARD_ENABLED'] === 'true' ? true : undefined,
      QUEUE_EAGER: isEager,
      isProductionLike: env['ENVIRONMENT'] === 'production',
    };
    return await startHttpApp(
      [AuthModule, QueueDashboardModule.forRoot(settings), QueueWorkerModule],
      {
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        QUEUE_PREFIX: `${redis.prefix}-${randomUUID().slice(0, 8)}`,
        QUEUE_EAGER: 'false',
        AUTH_ISSUER: issuer.issuer,
        LOCAL_ACCOUNTS: 'true',
        SESSION_SECRET: 's'.repeat(32),
        WORKER_QUEUES: 'maintenance',
        ...env,
      },
      metadata,
    );
  };
  const issue = async (app: HttpApp, claims: object = {}): Promise<string> =>
    issuer.issueToken({ sub: await insertUser(app.app.get(Database)), ...claims });
  const board = async (app = http): Promise<Board> =>
    (await app.call('GET', '/admin/queues/api/queues?page=1&jobsPerPage=20', { token: admin })).body as Board;
  const jobsOf = async (queue: string): Promise<Job[]> => {
    const path = `/admin/queues/api/queues?activeQueue=${queue}&page=1&jobsPerPage=20`;
    const { body } = await http.call('GET', path, { token: admin });
    return (body as Board).queues.find(({ name }) => name === queue)?.jobs ?? [];
  };

  beforeAll(async () => {
    await issuer.start();
    http = await start({}, { providers: [Tasks] });
    admin = await issue(http, { app_metadata: { role: 'admin' } });
    user = await issue(http);
  });
  afterAll(async () => {
    await http.close();
    await issuer.stop();
  });

  it.each(['', '/', '/queue/polls', '/api/queues', '/static/css/nothing.css', '/nothing'])(
    'is closed to strangers and to users at %j',
    async (path) => {
      expect((await http.call('GET', `/admin/queues${path}`)).status).toBe(401);
      expect((await http.call('GET', `/admin/queues${path}`, { token: user })).status).toBe(403);
    },
  );

  it('shows an administrator all queues', async () => {
    const page = await http.call('GET', '/admin/queues', { token: admin });
    const { queues } = await board();

    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.body).toContain('<base href="/admin/queues/"');
    expect(queues.map(({ name }) => name)).toEqual(QUEUES);
  });

  it('serves what its page needs from here, and lets nothing in from elsewhere', async () => {
    const page = await http.call('GET', '/admin/queues', { token: admin });
    const files = [...String(page.body).matchAll(/(?:src|href)="(static\/[^"]+)"/g)].map(([, file]) => file);
    const policy = page.headers.get('content-security-policy') ?? '';

    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect((await http.call('GET', `/admin/queues/${String(file)}`, { token: admin })).status).toBe(200);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('https:');
    expect(page.headers.get('x-powered-by')).toBeNull();
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect((await http.call('GET', '/nothing')).headers.get('content-security-policy')).not.toBe(policy);
  });

  it('answers in the envelope what it has no page for', async () => {
    const { status, message } = await http.call('GET', '/admin/queues/nothing', { token: admin });

    expect([status, message]).toEqual([404, 'Not Found']);
  });

  it('shows payloads that say what to look at, and nothing of anybody', async () => {
    const queue = http.app.get(JobQueue);
    const bells: [JobDefinition<never>, object][] = [
      [pollDue as JobDefinition<never>, { provider: 'ebay' }],
      [deliverDue as JobDefinition<never>, {}],
      [runImports as JobDefinition<never>, {}],
      [backfillRules as JobDefinition<never>, {}],
    ];
    await runCorrelated({ requestId: 'r-1' }, async () => {
      for (const [job, payload] of bells) expect(await queue.nudge(job, payload as never)).toBe(true);
    });

    const shown: [string, unknown][] = [];
    for (const name of QUEUES.slice(0, -1)) {
      for (const job of await jobsOf(name)) shown.push([job.name, job.data]);
    }
    const origin = { request_id: 'r-1' };
    expect(shown.sort()).toEqual([
      ['backfill-rules', { origin }],
      ['deliver-due', { origin }],
      ['poll-due', { provider: 'ebay', origin }],
      ['run-imports', { origin }],
    ]);
    expect(Object.keys(eraseSellers.payload.parse({ token: 'dropped' }))).toEqual([]);
  });

  it('keeps a job that failed, with the reason but without secrets, until somebody has it done again', async () => {
    const tasks = http.app.get(Tasks);
    tasks.failures = 1;
    await http.app.get(JobQueue).nudge(task, {});
    const failed = await eventually(async () => {
      const [job] = await jobsOf('maintenance');
      if (job?.failedReason === undefined) throw new Error('nothing has failed yet');
      return job;
    });

    expect(failed.failedReason).toMatch(/^Error: no answer from https:\/\//);
    expect(JSON.stringify(failed)).not.toMatch(/hunter2|ada@collector/);
    const path = `/admin/queues/api/queues/maintenance/${failed.id}/retry`;
    expect((await http.call('PUT', path, { token: user })).status).toBe(403);
    expect(tasks.done).toBe(0);
    expect((await http.call('PUT', path, { token: admin })).status).toBe(204);
    await eventually(() => expect(tasks.done).toBe(1));
    await eventually(async () => expect(await jobsOf('maintenance')).toEqual([]));
  });

  it('takes the cookie of an administrator, and changes nothing for pages of others', async () => {
    const email = `${randomUUID()}@example.org`;
    const id = await http.app.get(LocalAccounts).setPassword(email, PASSWORD);
    const browser = new CookieClient(http);
    await browser.signIn({ email, password: PASSWORD });
    expect((await browser.call('GET', '/admin/queues')).status).toBe(403);
    await http.app.get(Database).rows('UPDATE sessions SET is_admin = true WHERE user_id = $1', [id]);

    const pause = async (site: string) =>
      (
        await browser.call('PUT', '/admin/queues/api/queues/polls/pause', undefined, {
          'sec-fetch-site': site,
        })
      ).status;
    const isPaused = async () => (await board()).queues[0]?.isPaused;

    expect((await browser.call('GET', '/admin/queues')).status).toBe(200);
    expect([await pause('cross-site'), await isPaused()]).toEqual([403, false]);
    expect([await pause('same-origin'), await isPaused()]).toEqual([200, true]);
    await browser.call('PUT', '/admin/queues/api/queues/polls/resume');
    expect(await isPaused()).toBe(false);
  });

  it.each([
    ['in production, unless told to', { ENVIRONMENT: 'production', AUTH_ISSUER: 'https://issuer.example' }],
    ['where the queue runs in-process', { QUEUE_EAGER: 'true', QUEUE_DASHBOARD_ENABLED: 'true' }],
  ])('is not there %s', async (_name, env) => {
    const other = await start(env);
    try {
      for (const path of ['', '/', '/api/queues']) {
        expect((await other.call('GET', `/admin/queues${path}`)).status).toBe(404);
      }
    } finally {
      await other.close();
    }
  });
});
