import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestingModule } from '@nestjs/testing';
import { ProviderBudget } from '@waxwatch/integrations';
import { Database } from '@waxwatch/platform/database';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import {
  DuePolls,
  PollingWorkerModule,
  PollPlanner,
  type PollQuestion,
  PollSubscriptions,
} from '@waxwatch/polling';
import { useTestDatabase } from '../support/database';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { insertWatchRelease } from '../support/factories/watch-releases';
import { startModule } from '../support/nest-module';

const SETTING = 10;
/** What the setting comes to: the budget's minute has 61 seconds. */
const PER_MINUTE = (SETTING * 60) / 61;

describe('planning polls within a budget', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let planner: PollPlanner;
  let subscriptions: PollSubscriptions;

  beforeAll(async () => {
    module = await startModule([QueueWorkerModule, PollingWorkerModule], {
      DATABASE_URL: database.url,
      SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
      DISCOGS_BUDGET_PER_MINUTE: String(SETTING),
      PROVIDER_INTERACTIVE_SHARE: '0',
      DISCOGS_USER_AGENT: 'WaxWatch/1.0 +https://waxwatch.example',
      DISCOGS_TOKEN: 'token',
      DISCOGS_API_BASE_URL: 'http://127.0.0.1:1',
    });
    const timers = module.get(SchedulerRegistry);
    timers.getTimeouts().forEach((name) => timers.deleteTimeout(name));
    db = module.get(Database);
    planner = module.get(PollPlanner);
    subscriptions = module.get(PollSubscriptions);
  });
  afterAll(async () => await module.close());
  beforeEach(async () => {
    await db.rows('TRUNCATE poll_targets, poll_subscriptions, poll_plans');
  });

  let nextRelease = 1;
  /** A user who watches releases of their own, each of them every so many seconds. */
  const watcher = async (releases: number, intervalSeconds = 60): Promise<string> => {
    const userId = await insertUser(db);
    await watch(
      userId,
      Array.from({ length: releases }, () => nextRelease++),
      intervalSeconds,
    );
    return userId;
  };
  const watch = async (userId: string, releaseIds: number[], intervalSeconds = 60): Promise<void> => {
    const wishes: { watchReleaseId: string; question: PollQuestion }[] = [];
    for (const discogsReleaseId of releaseIds) {
      const watchReleaseId = await insertWatchRelease(db, { userId, discogsReleaseId });
      const key = String(discogsReleaseId);
      wishes.push({
        watchReleaseId,
        question: { provider: 'discogs', kind: 'release', marketplace: null, key },
      });
    }
    await db.transaction(async (tx) => await subscriptions.addWatchReleases(tx, intervalSeconds, wishes));
  };
  const everythingPolledJustNow = async () =>
    await db.rows(
      `UPDATE poll_targets SET last_polled_at = now(), due_at = now() + interval_seconds * interval '1 second', is_catching_up = false`,
    );
  const plan = async () => {
    await db.rows(`UPDATE poll_plans SET planned_at = now() - interval '1 hour'`);
    await planner.plan('discogs');
  };
  const stretchesOf = async (userId: string): Promise<number[]> => {
    const rows = await db.rows<{ stretch: number }>(
      `SELECT t.stretch FROM poll_targets t JOIN poll_subscriptions s ON s.target_id = t.id
       JOIN watch_releases w ON w.id = s.watch_release_id WHERE w.user_id = $1`,
      [userId],
    );
    return rows.map(({ stretch }) => stretch);
  };
  const pollsPerMinute = async (): Promise<number> => {
    const [row] = await db.rows<{ rate: number }>(
      'SELECT sum(60.0 / (interval_seconds * stretch))::float8 AS rate FROM poll_targets',
    );
    return row?.rate ?? 0;
  };

  it('leaves every interval as it is wanted while the budget suffices', async () => {
    const user = await watcher(5);
    await plan();
    expect(await stretchesOf(user)).toEqual([1, 1, 1, 1, 1]);
  });

  it('stretches the intervals of users who ask for as much alike, and stays inside the budget', async () => {
    const users = [await watcher(10), await watcher(10), await watcher(10), await watcher(10)];
    await everythingPolledJustNow();
    await plan();
    const stretches = (await Promise.all(users.map(stretchesOf))).flat();
    for (const stretch of stretches) expect(stretch).toBeCloseTo(40 / (0.97 * PER_MINUTE), 1);
    expect(await pollsPerMinute()).toBeLessThanOrEqual(PER_MINUTE);
  });

  it('does not hold up users of a few questions for one who has hundreds', async () => {
    const few = [await watcher(1), await watcher(1), await watcher(1)];
    const many = await watcher(300);
    await everythingPolledJustNow();
    await plan();
    expect((await Promise.all(few.map(stretchesOf))).flat()).toEqual([1, 1, 1]);
    const [stretch] = await stretchesOf(many);
    expect(stretch).toBeCloseTo(300 / (0.97 * PER_MINUTE - 3), 0);
  });

  it('gives nobody more than twice what the median user gets', async () => {
    const users = [await watcher(10), await watcher(10), await watcher(10), await watcher(200)];
    await everythingPolledJustNow();
    await plan();
    const rates = await Promise.all(
      users.map(async (user) => (await stretchesOf(user)).reduce((sum, stretch) => sum + 1 / stretch, 0)),
    );
    expect(Math.max(...rates) / (rates[0] ?? 0)).toBeLessThanOrEqual(2.01);
  });

  it('stays inside the budget where users share questions', async () => {
    const shared = Array.from({ length: 20 }, () => nextRelease++);
    const users = [await watcher(2), await watcher(10), await watcher(30)];
    for (const user of users) await watch(user, shared);
    await everythingPolledJustNow();
    await plan();
    const rate = await pollsPerMinute();
    expect(rate).toBeLessThanOrEqual(PER_MINUTE);
    expect(rate).toBeGreaterThan(0.9 * PER_MINUTE);
  });

  it('gives everybody their own interval back when the budget suffices again', async () => {
    const user = await watcher(5);
    const many = await watcher(300);
    await everythingPolledJustNow();
    await plan();
    await db.rows(
      `DELETE FROM poll_targets WHERE id IN (
         SELECT target_id FROM poll_subscriptions s JOIN watch_releases w ON w.id = s.watch_release_id WHERE w.user_id = $1)`,
      [many],
    );
    await plan();
    expect(await stretchesOf(user)).toEqual([1, 1, 1, 1, 1]);
    const [row] = await db.rows<{ latest: number }>(
      'SELECT max(extract(epoch FROM due_at - now()))::float8 AS latest FROM poll_targets',
    );
    expect(row?.latest).toBeLessThanOrEqual(60);
  });

  it('reaches every one of thousands of questions', async () => {
    const userId = await insertUser(db);
    await db.rows(
      `WITH w AS (INSERT INTO watch_releases (id, user_id, discogs_release_id, title)
         SELECT gen_random_uuid(), $1, 1000000 + n, 'x' FROM generate_series(1, 4100) n RETURNING id, discogs_release_id),
       t AS (INSERT INTO poll_targets (provider, kind, key, interval_seconds)
         SELECT 'discogs', 'release', discogs_release_id::text, 60 FROM w RETURNING id, key)
       INSERT INTO poll_subscriptions (target_id, subscriber_id, watch_release_id, interval_seconds)
       SELECT t.id, w.id, w.id, 60 FROM w JOIN t ON t.key = w.discogs_release_id::text`,
      [userId],
    );
    await everythingPolledJustNow();
    await plan();
    expect(Math.min(...(await stretchesOf(userId)))).toBeGreaterThan(1);
    await db.rows('UPDATE poll_targets SET interval_seconds = 864000');
    await plan();
    expect(new Set(await stretchesOf(userId))).toEqual(new Set([1]));
  });

  it('lets users take turns when one of them brings hundreds of questions at once', async () => {
    const many = await watcher(300, 3600);
    const late = await watcher(2, 3600);
    await plan();
    const rows = await db.rows<{ due_in: number; user_id: string }>(
      `SELECT extract(epoch FROM t.due_at - now())::float8 AS due_in, w.user_id FROM poll_targets t
       JOIN poll_subscriptions s ON s.target_id = t.id JOIN watch_releases w ON w.id = s.watch_release_id
       ORDER BY t.due_at LIMIT 4`,
    );
    expect(rows.map(({ user_id: userId }) => userId).sort()).toEqual([many, many, late, late].sort());
    expect(rows[3]?.due_in).toBeLessThanOrEqual(30);
  });

  it('is done by one worker a minute', async () => {
    await watcher(300);
    await planner.plan('discogs');
    await db.rows('UPDATE poll_targets SET stretch = 1');
    await planner.plan('discogs');
    const [row] = await db.rows<{ most: number }>('SELECT max(stretch)::float8 AS most FROM poll_targets');
    expect(row?.most).toBe(1);
  });

  it('counts rules and watched releases of a user together', async () => {
    const user = await watcher(10);
    const ruleId = await insertRule(db, { userId: user, query: { keywords: ['x'], sources: ['discogs'] } });
    await db.transaction(async (tx) => {
      await subscriptions.replace(tx, { kind: 'rule', id: ruleId, intervalSeconds: 60 }, [
        { provider: 'discogs', kind: 'search', marketplace: null, key: 'x' },
      ]);
    });
    await everythingPolledJustNow();
    await plan();
    expect(await pollsPerMinute()).toBeCloseTo(0.97 * PER_MINUTE, 1);
  });

  describe('with searches for watched releases', () => {
    const searcher = async (rules: number, watches: number): Promise<string> => {
      const userId = await insertUser(db);
      for (let n = 0; n < rules; n += 1) await addRule(userId, `rule ${userId} ${n}`);
      const wishes: { watchReleaseId: string; question: PollQuestion }[] = [];
      for (let n = 0; n < watches; n += 1) {
        const watchReleaseId = await insertWatchRelease(db, { userId, discogsReleaseId: nextRelease++ });
        const key = `watch ${userId} ${n}`;
        wishes.push({
          watchReleaseId,
          question: { provider: 'discogs', kind: 'search', marketplace: null, key },
        });
      }
      await db.transaction(async (tx) => await subscriptions.addWatchReleases(tx, 60, wishes));
      return userId;
    };
    const addRule = async (userId: string, key: string): Promise<void> => {
      const id = await insertRule(db, { userId });
      const question = { provider: 'discogs', kind: 'search', marketplace: null, key } as const;
      await db.transaction(
        async (tx) => await subscriptions.replace(tx, { kind: 'rule', id, intervalSeconds: 60 }, [question]),
      );
    };
    const rateOf = async (kind: 'rule' | 'watch'): Promise<number> => {
      const [row] = await db.rows<{ rate: number }>(
        `SELECT coalesce(sum(60.0 / (interval_seconds * stretch)), 0)::float8 AS rate FROM poll_targets
         WHERE key LIKE $1 || ' %'`,
        [kind],
      );
      return row?.rate ?? 0;
    };
    const dueInSeconds = async (kind: 'rule' | 'watch'): Promise<number[]> => {
      const rows = await db.rows<{ due_in: number }>(
        `SELECT extract(epoch FROM due_at - now())::float8 AS due_in FROM poll_targets
         WHERE key LIKE $1 || ' %' ORDER BY due_at`,
        [kind],
      );
      return rows.map((row) => row.due_in);
    };

    it('leaves rules most of a budget that does not suffice', async () => {
      await searcher(20, 200);
      await searcher(20, 0);
      await everythingPolledJustNow();
      await plan();
      expect((await rateOf('watch')) / (await pollsPerMinute())).toBeCloseTo(0.1, 2);
      expect(await pollsPerMinute()).toBeLessThanOrEqual(PER_MINUTE);
    });

    it('gives them what rules leave', async () => {
      await searcher(2, 200);
      await everythingPolledJustNow();
      await plan();
      expect(await rateOf('rule')).toBeCloseTo(2, 1);
      expect(await rateOf('watch')).toBeCloseTo(0.97 * PER_MINUTE - 2, 0);
    });

    it('places those of an import after rules, and few of them a minute', async () => {
      await searcher(0, 200);
      expect((await dueInSeconds('watch'))[0]).toBeGreaterThan(60);
      await searcher(20, 0);
      await plan();
      expect((await dueInSeconds('rule'))[2]).toBeLessThanOrEqual(30);
      const [first, second] = await dueInSeconds('watch');
      expect(first).toBeLessThanOrEqual(1);
      expect((second ?? 0) - (first ?? 0)).toBeCloseTo(60 / (0.97 * PER_MINUTE * 0.1), 0);
    });

    it('counts a question that a rule asks as well among those of rules', async () => {
      const user = await searcher(0, 1);
      await addRule(user, `watch ${user} 0`);
      expect((await dueInSeconds('watch'))[0]).toBeLessThanOrEqual(0);
    });
  });

  it('claims nothing while the budget is used up, so that nothing goes round in circles', async () => {
    await watcher(20);
    const before = await db.rows('SELECT id, due_at, lease_token, failures FROM poll_targets ORDER BY id');
    const budget = module.get(ProviderBudget);
    for (let call = 0; call < PER_MINUTE; call += 1) await budget.take('discogs', 'background');
    await module.get(DuePolls).run();
    expect(await module.get(DuePolls).openProviders()).not.toContain('discogs');
    expect(await db.rows('SELECT id, due_at, lease_token, failures FROM poll_targets ORDER BY id')).toEqual(
      before,
    );
  });
});
