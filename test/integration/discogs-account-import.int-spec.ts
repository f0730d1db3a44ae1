import type { Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { DiscogsAccountProbe, type ImportWorker, requestTokenOf } from '../support/discogs-account';
import { eventually as expectEventually } from '../support/eventually';
import { insertWatchRelease } from '../support/factories/watch-releases';

const BASE = '/api/integrations/discogs';
const WANTS = '/users/Alice/wants';

interface JobBody extends Record<string, unknown> {
  id: string;
  status: string;
  cursor: string | null;
}

interface Watch extends Record<string, unknown> {
  id: string;
  discogs_release_id: number;
}

describe('importing Discogs lists', () => {
  const database = useTestDatabase();
  let probe: DiscogsAccountProbe;
  let worker: ImportWorker;
  let me: Collector;

  beforeAll(async () => {
    probe = await DiscogsAccountProbe.start(database.url);
    worker = await probe.startWorker();
  });
  afterAll(async () => {
    await worker.module.close();
    await probe.close();
  });
  beforeEach(async () => {
    await probe.reset();
    await probe.db.rows('DELETE FROM external_account_links');
    await probe.db.rows('DELETE FROM import_jobs');
    for (let id = 1; id <= 9; id++) {
      const masterId = id % 2 === 0 ? 1000 + id : null;
      probe.discogs.addRelease({
        id,
        artist: `Band (${id})`,
        title: `Record ${id}`,
        masterId,
        year: 1980 + id,
      });
    }
    alice({ wants: [1, 2, 3, 4, 5], collection: [4, 6] });
    me = await probe.user();
  });

  function alice({ wants, collection }: { wants: number[]; collection: number[] }): void {
    probe.discogs.addUser({
      username: 'Alice',
      token: 'alice-token',
      wants,
      collection: collection.map((releaseId) => ({ releaseId })),
      isPrivate: probe.discogs.data.users.get('Alice')?.isPrivate ?? false,
    });
  }
  const post = async (path: string, body?: unknown, who = me) =>
    await who.call('POST', `${BASE}/${path}`, body);
  const connect = async (who = me): Promise<void> => {
    const answer = await post('connect', { external_user_id: 'Alice', access_token: 'alice-token' }, who);
    expect(answer.message).toBeUndefined();
  };
  const start = async (source = 'both', who = me): Promise<JobBody> => {
    const answer = await post('import', { source }, who);
    expect([answer.status, answer.message]).toEqual([200, undefined]);
    return answer.body as JobBody;
  };
  const jobOf = async ({ id }: JobBody, who = me): Promise<JobBody> =>
    (await who.call('GET', `${BASE}/import/${id}`)).body as JobBody;
  const run = async (source = 'both'): Promise<JobBody> => {
    const job = await start(source);
    await worker.imports.runDue();
    return await jobOf(job);
  };
  const watches = async (who = me): Promise<Watch[]> =>
    await probe.db.rows<Watch>(
      'SELECT * FROM watch_releases WHERE user_id = $1 ORDER BY discogs_release_id',
      [who.id],
    );
  const flags = async (): Promise<unknown[]> =>
    (await watches()).map((watch) => [
      watch.discogs_release_id,
      watch['imported_from_wantlist'],
      watch['imported_from_collection'],
    ]);
  const eventsOf = async (who = me): Promise<{ type: string; payload: Record<string, unknown> }[]> =>
    await probe.db.rows('SELECT type, payload FROM events WHERE user_id = $1 ORDER BY created_at, id', [
      who.id,
    ]);
  const dueNow = async (): Promise<void> => {
    await probe.db.rows(`UPDATE import_jobs SET due_at = now() WHERE status = 'running'`);
    await probe.db.rows('DELETE FROM provider_pauses');
  };
  const seconds = async (): Promise<number> => {
    const [row] = await probe.db.rows<{ wait: number }>(
      `SELECT extract(epoch FROM due_at - now())::float8 AS wait FROM import_jobs WHERE status = 'running'`,
    );
    return row?.wait ?? 0;
  };

  it('reads every page of both lists, watches what is on them, and asks the marketplaces', async () => {
    await connect();
    const job = await run();

    expect(job).toMatchObject({
      status: 'completed',
      cursor: 'collection:1/1',
      page: 1,
      processed_count: 7,
      imported_count: 7,
      created_count: 6,
      updated_count: 1,
      error_count: 0,
      errors: [],
      completed_at: expect.any(String) as unknown,
    });
    expect(await flags()).toEqual([
      [1, true, false],
      [2, true, false],
      [3, true, false],
      [4, true, true],
      [5, true, false],
      [6, false, true],
    ]);
    expect((await watches())[1]).toMatchObject({
      match_mode: 'exact_release',
      discogs_master_id: 1002,
      title: 'Record 2',
      artist: 'Band',
      year: 1982,
      currency: 'USD',
      target_price: null,
      is_active: true,
    });
    const questions = await probe.db.rows<{ key: string }>(
      `SELECT t.key, s.interval_seconds, t.due_at <= now() AS is_due FROM poll_subscriptions s
       JOIN poll_targets t ON t.id = s.target_id JOIN watch_releases w ON w.id = s.watch_release_id
       WHERE w.user_id = $1 AND t.kind = 'release' AND t.provider = 'discogs' ORDER BY t.key`,
      [me.id],
    );
    expect(questions).toEqual(
      ['1', '2', '3', '4', '5', '6'].map((key) => ({ key, interval_seconds: 3600, is_due: true })),
    );
    expect(await eventsOf()).toEqual([
      { type: 'IMPORT_STARTED', payload: { job_id: job.id, source: 'both' } },
      {
        type: 'IMPORT_COMPLETED',
        payload: { job_id: job.id, source: 'both', processed_count: 7, imported_count: 7, created_count: 6 },
      },
    ]);
    expect(await probe.db.rows('SELECT FROM import_seen_releases')).toHaveLength(0);
  });

  it('signs its calls with the credential of a user who came by OAuth', async () => {
    const started = await post('oauth/start');
    const { verifier } = probe.discogs.oauth.decide(requestTokenOf(started.body), 'Alice');
    await post('oauth/callback', { state: (started.body as { state: string }).state, code: verifier });
    const user = probe.discogs.data.users.get('Alice');
    if (user) user.isPrivate = true;

    expect(await run('wantlist')).toMatchObject({ status: 'completed', imported_count: 5 });
    const headers = probe.discogs.requests(WANTS).map((entry) => entry.headers['authorization'] ?? '');
    expect(headers.every((header) => header.startsWith('OAuth oauth_consumer_key='))).toBe(true);
    expect(new Set(headers).size).toBe(3);
  });

  it('reads public lists with the token of the application for a link by name', async () => {
    await post('connect', { external_user_id: 'Alice' });

    expect(await run()).toMatchObject({ status: 'completed', imported_count: 7 });
  });

  it('lists what came from where, changed last first', async () => {
    await connect();
    await run();
    const { body } = await me.call('GET', `${BASE}/imported-items?source=collection&limit=1`);
    const [first] = (body as { items: { watch_release_id: string; discogs_release_id: number }[] }).items;

    expect(body).toMatchObject({ source: 'collection', limit: 1, offset: 0, count: 1 });
    expect(first).toMatchObject({
      source: 'collection',
      open_in_discogs_url: `https://www.discogs.com/release/${first?.discogs_release_id ?? 0}`,
    });
    const open = `${BASE}/imported-items/${first?.watch_release_id ?? ''}/open-in-discogs?source=`;
    expect((await me.call('GET', `${open}collection`)).status).toBe(200);
    const [, , three] = await watches();
    const other = `${BASE}/imported-items/${three?.id ?? ''}/open-in-discogs?source=collection`;
    expect((await me.call('GET', other)).message).toBe('Imported Discogs item not found for source');
    expect((await (await probe.user()).call('GET', `${open}collection`)).status).toBe(404);
  });

  describe('what belongs to the user', () => {
    it('is never touched: disabled, edited and master watches stay as they are', async () => {
      const disabled = { discogsReleaseId: 1, isActive: false, title: 'My title', targetPrice: '9.50' };
      await insertWatchRelease(probe.db, {
        userId: me.id,
        ...disabled,
        minCondition: 'VG+',
        currency: 'EUR',
      });
      await insertWatchRelease(probe.db, {
        userId: me.id,
        discogsReleaseId: 2,
        discogsMasterId: 77,
        matchMode: 'master_release',
      });
      const before = await watches();
      await connect();
      const job = await run('wantlist');

      expect(job).toMatchObject({ created_count: 3, updated_count: 2 });
      const after = await watches();
      expect(after).toHaveLength(5);
      for (const [index, watch] of before.entries()) {
        const marked = { ...watch, imported_from_wantlist: true, updated_at: after[index]?.['updated_at'] };
        expect(after[index]).toEqual(marked);
      }
    });

    it('is not even written when nothing has changed', async () => {
      await connect();
      await run();
      const before = await watches();

      expect(await run()).toMatchObject({ created_count: 0, updated_count: 7, imported_count: 7 });
      expect(await watches()).toEqual(before);
    });
  });

  it('takes a release that is owned twice once', async () => {
    alice({ wants: [], collection: [6, 6, 7, 6] });
    await connect();

    expect(await run('collection')).toMatchObject({
      status: 'completed',
      processed_count: 4,
      imported_count: 3,
      created_count: 2,
      updated_count: 1,
    });
    expect(await watches()).toHaveLength(2);
  });

  it('skips rows that are broken or hostile', async () => {
    await connect();
    probe.discogs.inject({ kind: 'malformed_items', path: WANTS });

    const job = await run('wantlist');
    expect(job.status).toBe('completed');
    expect((await watches()).map((watch) => watch.title)).toEqual(
      expect.arrayContaining(['Record 2', 'Record 3', 'Record 4', 'Record 5']),
    );
    expect(JSON.stringify(await watches())).not.toContain('<img');
  });

  describe('removals', () => {
    it('clear the flag and leave the watch', async () => {
      await connect();
      await run();
      alice({ wants: [1, 5], collection: [6] });
      await run();

      expect(await flags()).toEqual([
        [1, true, false],
        [2, false, false],
        [3, false, false],
        [4, false, false],
        [5, true, false],
        [6, false, true],
      ]);
      expect((await watches()).every((watch) => watch['is_active'] === true)).toBe(true);
    });

    it('wait for a pass in which the list stood still', async () => {
      await connect();
      await run('wantlist');
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'status', path: WANTS, status: 500, after: 1 });
      await worker.imports.runDue();
      alice({ wants: [2, 3, 4, 5], collection: [] });
      await dueNow();
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({ status: 'completed' });
      expect((await flags()).every((row) => (row as unknown[])[1] === true)).toBe(true);
    });

    it('are not believed of a page that has lost its entries', async () => {
      await connect();
      await run('wantlist');
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'empty_page', path: WANTS });
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({ status: 'running', cursor: null });
      await dueNow();
      await worker.imports.runDue();
      expect((await flags()).every((row) => (row as unknown[])[1] === true)).toBe(true);
    });

    it('end the pass when the list has shrunk below the page', async () => {
      await connect();
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'status', path: WANTS, status: 500, after: 2 });
      await worker.imports.runDue();
      alice({ wants: [1, 2], collection: [] });
      await dueNow();
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({ status: 'completed', imported_count: 4 });
    });
  });

  describe('interruptions', () => {
    it('by the page of a network in front of Discogs are no private list, and pass', async () => {
      await connect();
      const job = await start('wantlist');
      const page = { body: '<html>Attention Required!</html>', retryAfter: '1' };
      probe.discogs.inject({ kind: 'status', path: WANTS, status: 403, after: 1, ...page });
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({ status: 'running', cursor: 'wantlist:1/3' });
      await expectEventually(async () => {
        await dueNow();
        await worker.imports.runDue();
        expect(await jobOf(job)).toMatchObject({ status: 'completed' });
      });
    });

    it.each([1, 2, 3])('resume at page %i after a 429, without reading a page twice', async (page) => {
      await connect();
      const job = await start('wantlist');
      const hit = { path: WANTS, status: 429, retryAfter: '1', after: page - 1 };
      probe.discogs.inject({ kind: 'status', ...hit });
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({
        status: 'running',
        cursor: page === 1 ? null : `wantlist:${page - 1}/3`,
        imported_count: (page - 1) * 2,
      });
      expect(await seconds()).toBeGreaterThan(0);
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await dueNow();
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({ status: 'completed', imported_count: 5, created_count: 5 });
      const read = probe.discogs.requests(WANTS).filter((entry) => entry.status === 200);
      expect(read.map((entry) => entry.query['page'])).toEqual(['1', '2', '3']);
      const types = (await eventsOf()).map((event) => event.type);
      expect(types).toEqual(['IMPORT_STARTED', 'IMPORT_COMPLETED']);
    });

    it('back off after failures and give up after five in a row', async () => {
      await connect();
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'html', path: WANTS, status: 502, times: 5 });
      const waits: number[] = [];
      for (let attempt = 1; attempt <= 5; attempt++) {
        await worker.imports.runDue();
        waits.push(Math.round(await seconds()));
        await dueNow();
      }

      expect(waits).toEqual([30, 60, 120, 240, 0]);
      expect(await jobOf(job)).toMatchObject({
        status: 'failed',
        error_count: 1,
        errors: [
          {
            error: '502: Discogs import failed with 502',
            detail: 'Discogs could not be read',
            source: 'wantlist',
          },
        ],
      });
      // The breaker of the client opens after five failures in a row; a new worker has a new one.
      await worker.module.close();
      worker = await probe.startWorker();
    });

    it('a worker that dies in the middle of a page has written nothing of it, and another goes on', async () => {
      await connect();
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'latency', path: WANTS, ms: 300, after: 1 });
      const dying = worker.imports.runDue();
      await expectEventually(async () => expect((await jobOf(job)).cursor).toBe('wantlist:1/3'));
      // As if its lease had ended: somebody else takes over while the first still waits for its page.
      await dueNow();
      await worker.imports.runDue();
      await dying;

      expect(await jobOf(job)).toMatchObject({
        status: 'completed',
        processed_count: 5,
        imported_count: 5,
        created_count: 5,
        updated_count: 0,
      });
      expect((await eventsOf()).map((event) => event.type)).toEqual(['IMPORT_STARTED', 'IMPORT_COMPLETED']);
    });

    it('a job that kills its workers is given up', async () => {
      await connect();
      const job = await start();
      await probe.db.rows('UPDATE import_jobs SET attempts = 5 WHERE id = $1', [job.id]);
      await worker.imports.runDue();

      expect(await jobOf(job)).toMatchObject({
        status: 'failed',
        errors: [{ error: 'import was interrupted too often' }],
      });
    });

    it('progress is visible while the import runs', async () => {
      await connect();
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'latency', path: WANTS, ms: 200, after: 2 });
      const running = worker.imports.runDue();

      await expectEventually(async () =>
        expect(await jobOf(job)).toMatchObject({ status: 'running', page: 2, imported_count: 4 }),
      );
      await running;
    });
  });

  describe('ends with a reason when', () => {
    it('a list is private', async () => {
      await post('connect', { external_user_id: 'Alice' });
      const user = probe.discogs.data.users.get('Alice');
      if (user) user.isPrivate = true;

      expect(await run()).toMatchObject({
        status: 'failed',
        errors: [
          {
            error: '502: Discogs import failed with 403',
            detail: 'The wantlist of this Discogs user is private',
            source: 'wantlist',
          },
        ],
      });
      expect(await probe.db.rows('SELECT FROM provider_pauses')).toHaveLength(0);
      expect((await eventsOf()).at(-1)).toMatchObject({
        type: 'IMPORT_FAILED',
        payload: { reason: 'private' },
      });
    });

    it('there is no such user', async () => {
      await post('connect', { external_user_id: 'nobody' });

      expect(await run()).toMatchObject({
        status: 'failed',
        errors: [{ detail: 'Discogs knows no user of this name' }],
      });
    });

    it('Discogs refuses the credential: the link is marked and its owner told once', async () => {
      await connect();
      const user = probe.discogs.data.users.get('Alice');
      if (user) user.token = 'another-token';
      const job = await run();

      expect(job).toMatchObject({ status: 'failed', error_count: 1 });
      expect((await me.call('GET', `${BASE}/status`)).body).toMatchObject({
        connected: false,
        has_access_token: true,
        reconnect_required: true,
      });
      expect((await post('import')).message).toBe('Discogs is not connected');
      const failed = (await eventsOf()).filter((event) => event.type === 'IMPORT_FAILED');
      expect(failed).toMatchObject([{ payload: { job_id: job.id, reason: 'reconnect_required' } }]);
      expect(JSON.stringify([failed, job])).not.toContain('alice-token');

      await post('connect', { external_user_id: 'Alice', access_token: 'another-token' });
      expect(await run()).toMatchObject({ status: 'completed' });
    });

    it('the stored token is that of another user', async () => {
      const other = await probe.user();
      await connect();
      await connect(other);
      await probe.db.rows(
        `UPDATE external_account_links SET access_token =
           (SELECT access_token FROM external_account_links WHERE user_id = $2) WHERE user_id = $1`,
        [me.id, other.id],
      );
      const before = probe.discogs.requests(WANTS).length;

      expect(await run()).toMatchObject({ status: 'failed' });
      expect(probe.discogs.requests(WANTS)).toHaveLength(before);
      expect((await me.call('GET', `${BASE}/status`)).body).toMatchObject({ reconnect_required: true });
    });

    it('the account is disconnected on the way', async () => {
      await connect();
      const job = await start('wantlist');
      probe.discogs.inject({ kind: 'latency', path: WANTS, ms: 200, after: 1 });
      const running = worker.imports.runDue();
      await expectEventually(async () => expect((await jobOf(job)).cursor).toBe('wantlist:1/3'));
      await post('disconnect');
      await running;

      expect(await jobOf(job)).toMatchObject({ status: 'failed', cursor: 'wantlist:1/3', imported_count: 2 });
      expect((await eventsOf()).map((event) => event.type)).toEqual(['IMPORT_STARTED', 'IMPORT_FAILED']);
    });
  });

  it('gives every import to one of many claimers', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, async () => await probe.user()));
    const jobs = await Promise.all(
      [me, ...others].map(async (who) => {
        await connect(who);
        return { who, job: await start('both', who) };
      }),
    );
    await Promise.all(Array.from({ length: 4 }, async () => await worker.imports.runDue()));

    for (const { who, job } of jobs) {
      expect(await jobOf(job, who)).toMatchObject({
        status: 'completed',
        processed_count: 7,
        created_count: 6,
      });
      expect(await watches(who)).toHaveLength(6);
      expect(await eventsOf(who)).toHaveLength(2);
    }
  });

  describe('by schedule', () => {
    const synced = async (env: Record<string, string>, work: (sync: ImportWorker) => Promise<void>) => {
      const scheduled = await probe.startWorker({
        DISCOGS_SYNC_ENABLED: 'true',
        DISCOGS_SYNC_JITTER_SECONDS: '0',
        DISCOGS_SYNC_SPREAD_SECONDS: '-1',
        ...env,
      });
      await work(scheduled);
      await scheduled.module.close();
    };

    it('does nothing unless switched on', async () => {
      await connect();

      expect(await worker.sync.syncDue()).toEqual({
        discoveredUsers: 0,
        enqueuedJobs: 0,
        reusedJobs: 0,
        isDisabled: true,
      });
    });

    it('gives everybody a turn, a batch at a time, and then waits for the interval', async () => {
      const others = await Promise.all(Array.from({ length: 4 }, async () => await probe.user()));
      for (const who of [me, ...others]) await connect(who);
      await synced({ DISCOGS_SYNC_USER_BATCH_SIZE: '2' }, async ({ sync, imports }) => {
        const sizes = [];
        for (let tick = 0; tick < 4; tick++) sizes.push((await sync.syncDue()).enqueuedJobs);
        expect(sizes).toEqual([2, 2, 1, 0]);
        await imports.runDue();
      });

      const jobs = await probe.db.rows('SELECT status, count(*)::int FROM import_jobs GROUP BY status');
      expect(jobs).toEqual([{ status: 'completed', count: 5 }]);
    });

    it('reuses an import under way, and counts one that its user began', async () => {
      await connect();
      await start();
      await synced({}, async ({ sync, imports }) => {
        expect(await sync.syncDue()).toMatchObject({ discoveredUsers: 1, enqueuedJobs: 0, reusedJobs: 1 });
        await imports.runDue();
        expect(await sync.syncDue()).toMatchObject({ discoveredUsers: 0 });
      });
    });

    it('tells the user what is new, and of a failure once', async () => {
      await connect();
      await synced({ DISCOGS_SYNC_INTERVAL_SECONDS: '1' }, async ({ sync, imports }) => {
        const again = async (): Promise<void> => {
          await probe.db.rows(`UPDATE external_account_links SET last_synced_at = now() - interval '1 hour'`);
          expect(await sync.syncDue()).toMatchObject({ enqueuedJobs: 1 });
          await imports.runDue();
        };
        await again();
        await again();
        const types = async () => (await eventsOf()).map((event) => event.type);
        expect(await types()).toEqual(['IMPORT_COMPLETED']);
        probe.discogs.data.users.delete('Alice');
        probe.discogs.addUser({ username: 'bob', token: 'alice-token' });
        await again();
        await again();
        expect(await types()).toEqual(['IMPORT_COMPLETED', 'IMPORT_FAILED']);
      });
    });

    it('forgets what it began long ago, but neither its last import nor one that the user began', async () => {
      await connect();
      await start();
      await synced({ DISCOGS_SYNC_INTERVAL_SECONDS: '1' }, async ({ sync, imports }) => {
        await imports.runDue();
        const again = async (): Promise<void> => {
          await probe.db.rows(`UPDATE external_account_links SET last_synced_at = now() - interval '1 hour'`);
          await sync.syncDue();
          await imports.runDue();
        };
        for (let turn = 0; turn < 3; turn += 1) await again();
        await probe.db.rows(`UPDATE import_jobs SET created_at = created_at - interval '31 days'`);
        await again();
      });

      const jobs = await probe.db.rows('SELECT is_scheduled FROM import_jobs ORDER BY created_at');
      expect(jobs).toEqual([false, true, true].map((isScheduled) => ({ is_scheduled: isScheduled })));
    });

    it('leaves out who is inactive, who must connect again, and everybody when the batch is empty', async () => {
      const inactive = await probe.user();
      await connect(inactive);
      await connect();
      await probe.db.rows('UPDATE users SET is_active = false WHERE id = $1', [inactive.id]);
      await probe.db.rows(
        'UPDATE external_account_links SET reconnect_required_at = now() WHERE user_id = $1',
        [me.id],
      );
      await synced({}, async ({ sync }) =>
        expect(await sync.syncDue()).toMatchObject({ discoveredUsers: 0 }),
      );
      await synced({ DISCOGS_SYNC_USER_BATCH_SIZE: '0' }, async ({ sync }) =>
        expect(await sync.syncDue()).toMatchObject({ discoveredUsers: 0, isDisabled: false }),
      );
    });
  });
});
