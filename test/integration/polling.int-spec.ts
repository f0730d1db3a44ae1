import { randomUUID } from 'node:crypto';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { TestingModule } from '@nestjs/testing';
import { MockMarketplace, ProviderPauses } from '@waxwatch/integrations';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { Metrics } from '@waxwatch/platform/metrics';
import { QueueWorkerModule } from '@waxwatch/platform/queue';
import {
  DuePolls,
  type PollQuestion,
  PollingWorkerModule,
  PollSchedule,
  PollSubscriptions,
  type Subscriber,
} from '@waxwatch/polling';
import { useTestDatabase } from '../support/database';
import { insertUser } from '../support/factories/users';
import { insertRule } from '../support/factories/watch-rules';
import { insertWatchRelease } from '../support/factories/watch-releases';
import { startModule } from '../support/nest-module';

interface TargetState {
  id: string;
  interval_seconds: number;
  is_idle: boolean;
  due_in: number;
  failures: number;
  last_error: string | null;
  leased: boolean;
}

describe('polling', () => {
  const database = useTestDatabase();
  let module: TestingModule;
  let db: Database;
  let subscriptions: PollSubscriptions;
  let schedule: PollSchedule;
  let duePolls: DuePolls;
  let market: MockMarketplace;
  let userId: string;

  beforeAll(async () => {
    module = await startModule([QueueWorkerModule, PollingWorkerModule], {
      DATABASE_URL: database.url,
      // The tests tick themselves; the worker's own timer would come between.
      SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
      SCHEDULER_NEXT_RUN_JITTER_SECONDS: '0',
      SCHEDULER_FAILURE_RETRY_JITTER_SECONDS: '0',
      MOCK_PUBLISH_INTERVAL_SECONDS: '86400',
    });
    const timers = module.get(SchedulerRegistry);
    timers.getTimeouts().forEach((name) => timers.deleteTimeout(name));
    db = module.get(Database);
    subscriptions = module.get(PollSubscriptions);
    schedule = module.get(PollSchedule);
    duePolls = module.get(DuePolls);
    market = module.get(MockMarketplace);
    userId = await insertUser(db);
  });
  afterAll(async () => await module.close());
  beforeEach(async () => {
    await db.rows('TRUNCATE poll_targets, poll_subscriptions, provider_pauses');
  });

  const search = (key: string): PollQuestion => ({
    provider: 'mock',
    kind: 'search',
    marketplace: null,
    key,
  });
  const subscribe = async (subscriber: Subscriber, questions: PollQuestion[]) =>
    await db.transaction(async (tx) => await subscriptions.replace(tx, subscriber, questions));
  const subscribedRule = async (key: string, intervalSeconds = 600) => {
    const id = await insertRule(db, { userId, query: { keywords: [key], sources: ['mock'] } });
    await subscribe({ kind: 'rule', id, intervalSeconds }, [search(key)]);
    return id;
  };
  const target = async (key: string): Promise<TargetState | undefined> => {
    const [row] = await db.rows<TargetState>(
      `SELECT id, interval_seconds, due_at = 'infinity' AS is_idle, failures, last_error,
              CASE WHEN due_at = 'infinity' THEN -1 ELSE extract(epoch FROM due_at - now())::float8 END AS due_in,
              lease_token IS NOT NULL AS leased
       FROM poll_targets WHERE key = $1`,
      [key],
    );
    return row;
  };

  describe('subscriptions', () => {
    it('asks one question for all rules that want it, at the shortest interval', async () => {
      await subscribedRule('primus', 600);
      const eager = await subscribedRule('primus', 60);
      expect(await target('primus')).toMatchObject({ interval_seconds: 60, is_idle: false });
      await subscribe({ kind: 'rule', id: eager, intervalSeconds: 60 }, []);
      expect(await target('primus')).toMatchObject({ interval_seconds: 600, is_idle: false });
    });

    it('is due at once when it is new, and never once nobody wants it', async () => {
      const id = await subscribedRule('tool');
      expect((await target('tool'))?.due_in).toBeLessThanOrEqual(0);
      await subscribe({ kind: 'rule', id, intervalSeconds: 600 }, []);
      expect(await target('tool')).toMatchObject({ is_idle: true });
      expect(await schedule.claim('mock', 10)).toHaveLength(0);
    });

    it('follows a rule to its new question', async () => {
      const id = await subscribedRule('old words');
      await subscribe({ kind: 'rule', id, intervalSeconds: 600 }, [search('new words')]);
      expect(await target('old words')).toMatchObject({ is_idle: true });
      expect(await target('new words')).toMatchObject({ is_idle: false });
    });

    it('looks at no questions but its own', async () => {
      await db.rows(
        `INSERT INTO poll_targets (provider, kind, key, interval_seconds, due_at)
         SELECT 'mock', 'search', 'question ' || n, 600, 'infinity' FROM generate_series(1, 3000) AS n`,
      );
      await db.rows('ANALYZE poll_targets');
      const id = await insertRule(db, { userId, query: {} });
      const read = await db.transaction(async (tx) => {
        await subscriptions.replace(tx, { kind: 'rule', id, intervalSeconds: 600 }, [search('question 7')]);
        const [row] = await rowsIn<{ read: number }>(
          tx,
          `SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables WHERE relname = 'poll_targets'`,
        );
        return row?.read;
      });
      expect(read).toBeGreaterThan(0);
      expect(read).toBeLessThan(300);
    });

    it('brings a poll forward when the interval becomes shorter, but not a poll that just happened', async () => {
      const id = await subscribedRule('can', 3600);
      await duePolls.run();
      await subscribe({ kind: 'rule', id, intervalSeconds: 120 }, [search('can')]);
      const { due_in: dueIn } = (await target('can')) ?? { due_in: Number.NaN };
      expect(dueIn).toBeGreaterThan(100);
      expect(dueIn).toBeLessThanOrEqual(120);
    });

    it('stops polling for an account that is deactivated', async () => {
      const other = await insertUser(db);
      const ruleId = await insertRule(db, { userId: other });
      const watchId = await insertWatchRelease(db, { userId: other, discogsReleaseId: 5 });
      await subscribe({ kind: 'rule', id: ruleId, intervalSeconds: 60 }, [search('alone')]);
      await subscribe({ kind: 'watch_release', id: watchId, intervalSeconds: 60 }, [
        { provider: 'mock', kind: 'release', marketplace: null, key: '5' },
      ]);
      await db.transaction(async (tx) => await subscriptions.removeAllOf(tx, other));
      expect(await target('alone')).toMatchObject({ is_idle: true });
      expect(await target('5')).toMatchObject({ is_idle: true });
    });

    it('survives many rules that subscribe and leave at the same time', async () => {
      const ids = await Promise.all(
        Array.from({ length: 12 }, async () => await insertRule(db, { userId, query: {} })),
      );
      const keys = ['a', 'b', 'c'];
      await Promise.all(
        ids.map(async (id, n) => {
          await subscribe({ kind: 'rule', id, intervalSeconds: 60 + n }, keys.map(search));
          if (n > 0) await subscribe({ kind: 'rule', id, intervalSeconds: 60 + n }, []);
        }),
      );
      for (const key of keys)
        expect(await target(key)).toMatchObject({ interval_seconds: 60, is_idle: false });
    });
  });

  describe('claims', () => {
    it('gives each due target to one claimer', async () => {
      const id = await insertRule(db, { userId });
      await subscribe(
        { kind: 'rule', id, intervalSeconds: 60 },
        Array.from({ length: 60 }, (_, n) => search(`k${n}`)),
      );
      const claims = await Promise.all(
        Array.from({ length: 12 }, async () => await schedule.claim('mock', 7)),
      );
      const ids = claims.flat().map((claimed) => claimed.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe(60);
    });

    it('hands a target on when the lease of whoever took it has ended, and fences the late finish', async () => {
      await subscribedRule('lease');
      const [late] = await schedule.claim('mock', 1);
      await db.rows(`UPDATE poll_targets SET due_at = now() - interval '1 second'`);
      const [next] = await schedule.claim('mock', 1);
      expect(next?.id).toBe(late?.id);
      expect(late && (await schedule.finish([late]))).toBe(0);
      expect(next && (await schedule.finish([next]))).toBe(1);
    });

    it('counts what it takes over, and not what was given back', async () => {
      const takenOver = async () =>
        Number(
          /waxwatch_leases_taken_over_total\{kind="poll"\} (\d+)/.exec(
            await module.get(Metrics).render(),
          )?.[1],
        );
      await subscribedRule('taken over');
      await schedule.claim('mock', 1);
      const before = await takenOver();
      await schedule.releaseHeld();
      await schedule.claim('mock', 1);
      expect(await takenOver()).toBe(before);
      await db.rows(`UPDATE poll_targets SET due_at = now() - interval '1 second'`);
      await schedule.claim('mock', 1);
      expect(await takenOver()).toBe(before + 1);
      await schedule.releaseHeld();
    });

    it('gives back at once what a stopping worker has not polled', async () => {
      await subscribedRule('stopping');
      await schedule.claim('mock', 1);
      expect(await schedule.claim('mock', 1)).toHaveLength(0);
      await schedule.releaseHeld();
      expect(await schedule.claim('mock', 1)).toHaveLength(1);
    });
  });

  describe('a run over what is due', () => {
    it('stores what is for sale, matches it and plans the next poll', async () => {
      const word = `band${randomUUID().slice(0, 8)}`;
      const id = await subscribedRule(word, 600);
      market.publish({ artist: word, title: 'An Album', price: '12.00' });
      await duePolls.run();
      const matches = await db.rows('SELECT id FROM watch_matches WHERE rule_id = $1', [id]);
      expect(matches).toHaveLength(1);
      const state = await target(word);
      expect(state).toMatchObject({ failures: 0, leased: false });
      expect(state?.due_in).toBeGreaterThan(590);
      const [rule] = await db.rows<{ ran: boolean; next_in: number }>(
        `SELECT last_run_at > now() - interval '10 seconds' AS ran,
                extract(epoch FROM next_run_at - now())::float8 AS next_in FROM watch_search_rules WHERE id = $1`,
        [id],
      );
      expect(rule?.ran).toBe(true);
      expect(rule?.next_in).toBeGreaterThan(590);
    });

    it('tells of a price that fell since the last poll', async () => {
      const word = `band${randomUUID().slice(0, 8)}`;
      await subscribedRule(word, 600);
      const offer = market.publish({ artist: word, title: 'An Album', price: '40.00' });
      await duePolls.run();
      market.changePrice(offer.id, '30.00');
      await db.rows('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
      await duePolls.run();
      const drops = await db.rows(
        `SELECT payload->'price' AS price FROM events WHERE type = 'LISTING_PRICE_DROP' AND payload->>'listing_title' LIKE $1`,
        [`${word}%`],
      );
      expect(drops).toEqual([{ price: 30 }]);
    });

    it('pages on until it meets what it knows', async () => {
      const word = `band${randomUUID().slice(0, 8)}`;
      await subscribedRule(word, 600);
      await duePolls.run();
      for (let n = 0; n < 45; n += 1) market.publish({ artist: word, title: `Album ${n}`, price: '12.00' });
      await db.rows('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
      await duePolls.run();
      const rows = await db.rows('SELECT id FROM listings WHERE title LIKE $1', [`${word}%`]);
      expect(rows).toHaveLength(45);
    });

    it('loses nothing of a flood when a page fails after others were stored', async () => {
      const word = `band${randomUUID().slice(0, 8)}`;
      await subscribedRule(word, 600);
      await duePolls.run();
      for (let n = 0; n < 45; n += 1) market.publish({ artist: word, title: `Album ${n}`, price: '12.00' });
      const search = market.search.bind(market);
      const broken = jest.spyOn(market, 'search').mockImplementation((wanted, limit, cursor) => {
        if (cursor !== null) throw new Error('the second page broke');
        return search(wanted, limit, cursor);
      });
      await db.rows('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
      await duePolls.run();
      broken.mockRestore();
      await db.rows('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
      await duePolls.run();
      expect(await db.rows('SELECT id FROM listings WHERE title LIKE $1', [`${word}%`])).toHaveLength(45);
    });

    it('reads on past a copy that another question has brought in', async () => {
      const word = `band${randomUUID().slice(0, 8)}`;
      await subscribedRule(word, 600);
      await duePolls.run();
      for (let n = 0; n < 39; n += 1) market.publish({ artist: word, title: `Album ${n}`, price: '12.00' });
      market.publish({ artist: word, title: 'Special', price: '12.00' });
      await subscribedRule(`${word} special`, 600);
      await db.rows('UPDATE poll_targets SET due_at = now() WHERE key = $1', [`${word} special`]);
      await db.rows(`UPDATE poll_targets SET due_at = now() + interval '1 hour' WHERE key = $1`, [word]);
      await duePolls.run();
      await db.rows('UPDATE poll_targets SET due_at = now() WHERE key = $1', [word]);
      await duePolls.run();
      expect(await db.rows('SELECT id FROM listings WHERE title LIKE $1', [`${word}%`])).toHaveLength(40);
    });

    it('alerts who begins to watch a release whose copy is known already', async () => {
      const release = market.releases()[1];
      if (!release) throw new Error('the mock marketplace trades something');
      const { artist, title, releaseId } = release;
      market.publish({ artist, title, releaseId, price: '8.00' });
      const watch = async () => {
        const watcher = await insertUser(db);
        const id = await insertWatchRelease(db, { userId: watcher, discogsReleaseId: release.releaseId });
        await subscribe({ kind: 'watch_release', id, intervalSeconds: 3600 }, [
          { provider: 'mock', kind: 'release', marketplace: null, key: String(release.releaseId) },
        ]);
        await duePolls.run();
        return watcher;
      };
      const watchers = [await watch(), await watch()];
      const events = await db.rows(`SELECT id FROM events WHERE type = 'NEW_MATCH' AND user_id = ANY($1)`, [
        watchers,
      ]);
      expect(events).toHaveLength(2);
    });

    it('matches what another rule had brought in before this one was made', async () => {
      const word = `band${randomUUID().slice(0, 8)}`;
      market.publish({ artist: word, title: 'An Album', price: '12.00' });
      await subscribedRule(word, 600);
      await duePolls.run();
      await db.rows(`UPDATE poll_targets SET last_polled_at = now() - interval '5 minutes' WHERE key = $1`, [
        word,
      ]);
      const late = await subscribedRule(word, 600);
      await duePolls.run();
      expect(await db.rows('SELECT id FROM watch_matches WHERE rule_id = $1', [late])).toHaveLength(1);
    });

    it('asks for a watched release once for everybody who watches it', async () => {
      const [release] = market.releases();
      if (!release) throw new Error('the mock marketplace trades something');
      market.publish({ artist: release.artist, title: release.title, price: '9.00' });
      const watchers = await Promise.all([insertUser(db), insertUser(db)]);
      for (const watcher of watchers) {
        const id = await insertWatchRelease(db, { userId: watcher, discogsReleaseId: release.releaseId });
        await subscribe({ kind: 'watch_release', id, intervalSeconds: 3600 }, [
          { provider: 'mock', kind: 'release', marketplace: null, key: String(release.releaseId) },
        ]);
      }
      expect(await schedule.countDue(['mock'], 10)).toBe(1);
      await duePolls.run();
      const events = await db.rows(`SELECT id FROM events WHERE type = 'NEW_MATCH' AND user_id = ANY($1)`, [
        watchers,
      ]);
      expect(events).toHaveLength(2);
    });

    it('backs off from a question that fails and polls the others all the same', async () => {
      const id = await insertRule(db, { userId });
      await subscribe({ kind: 'rule', id, intervalSeconds: 60 }, [
        search('fine'),
        { provider: 'mock', kind: 'release', marketplace: null, key: 'no number' },
        search('also fine'),
      ]);
      await db.rows(`UPDATE poll_targets SET kind = 'broken' WHERE key = 'no number'`);
      jest.spyOn(market, 'cheapest').mockImplementationOnce(() => {
        throw new Error('the provider broke');
      });
      await duePolls.run();
      expect(await target('fine')).toMatchObject({ failures: 0, leased: false });
      expect(await target('also fine')).toMatchObject({ failures: 0, leased: false });
      const failed = await target('no number');
      expect(failed).toMatchObject({ failures: 1, last_error: 'internal', leased: false });
      expect(failed?.due_in).toBeGreaterThan(25);
    });

    it('stops asking what nobody wants since the rule was deleted', async () => {
      const id = await subscribedRule('orphan');
      await db.rows('DELETE FROM watch_search_rules WHERE id = $1', [id]);
      await duePolls.run();
      expect(await target('orphan')).toMatchObject({ is_idle: true, leased: false });
    });

    it('leaves a paused provider alone and loses nothing', async () => {
      await subscribedRule('patience');
      await module.get(ProviderPauses).pause('mock', Date.now() + 60_000, 'test');
      await duePolls.run();
      expect(await target('patience')).toMatchObject({ leased: false, failures: 0 });
      expect((await target('patience'))?.due_in).toBeLessThanOrEqual(0);
    });
  });
});
