import type { Collector } from '../support/collector';
import { useTestDatabase } from '../support/database';
import { DiscogsAccountProbe, type ImportWorker } from '../support/discogs-account';
import { loseCommit } from '../support/lost-commit';

const BASE = '/api/integrations/discogs';

interface Watch extends Record<string, unknown> {
  discogs_release_id: number;
  title: string;
}

interface Item {
  id: number;
  type?: 'release' | 'master' | 'artist' | 'label';
  comment?: string;
}

interface List {
  id: number;
  items: Item[];
  isPublic?: boolean;
}

describe('importing lists at Discogs', () => {
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
    for (let id = 1; id <= 6; id++) {
      probe.discogs.addRelease({ id, artist: `Band (${id})`, title: `Record ${id}`, masterId: 1000 + id });
    }
    me = await probe.user();
  });

  const alice = (lists: List[], wants: number[] = []): void => {
    probe.discogs.addUser({
      username: 'Alice',
      token: 'alice-token',
      wants,
      lists: lists.map((list) => ({ name: `List ${list.id}`, ...list })),
    });
  };
  const connect = async (token: string | undefined = 'alice-token'): Promise<void> => {
    const answer = await me.call('POST', `${BASE}/connect`, {
      external_user_id: 'Alice',
      access_token: token,
    });
    expect(answer.status).toBe(200);
  };
  const start = async (source = 'lists'): Promise<string> => {
    const answer = await me.call('POST', `${BASE}/import`, { source });
    expect([answer.status, answer.message]).toEqual([200, undefined]);
    return (answer.body as { id: string }).id;
  };
  const jobOf = async (id: string) =>
    (await me.call('GET', `${BASE}/import/${id}`)).body as Record<string, unknown>;
  const run = async (source = 'lists') => {
    const id = await start(source);
    await worker.imports.runDue();
    return await jobOf(id);
  };
  const dueNow = async (): Promise<void> => {
    await probe.db.rows(`UPDATE import_jobs SET due_at = now() WHERE status = 'running'`);
    await probe.db.rows('DELETE FROM provider_pauses');
  };
  const watches = async (): Promise<Watch[]> =>
    await probe.db.rows<Watch>(
      `SELECT discogs_release_id, discogs_master_id, match_mode, title, artist, target_price, currency, min_condition,
         is_active, imported_from_lists, imported_from_wantlist
       FROM watch_releases WHERE user_id = $1 ORDER BY discogs_release_id`,
      [me.id],
    );
  const flags = async () =>
    (await watches()).map((watch) => [watch.discogs_release_id, watch['imported_from_lists']]);

  it('watches releases and masters of all lists, private ones too, and begins with what the comments ask for', async () => {
    alice([
      {
        id: 71,
        items: [{ id: 1, comment: 'for dad @max=25 @media=VG+' }, { id: 2 }, { id: 9, type: 'artist' }],
      },
      {
        id: 72,
        isPublic: false,
        items: [
          { id: 3, comment: '@max=£30' },
          { id: 1004, type: 'master' },
        ],
      },
    ]);
    await probe.db.rows(`UPDATE users SET currency = 'EUR' WHERE id = $1`, [me.id]);
    await connect();

    expect(await run()).toMatchObject({
      status: 'completed',
      import_scope: 'lists',
      cursor: 'lists:3/3',
      imported_count: 4,
      created_count: 4,
      errors: [],
    });
    const common = { is_active: true, imported_from_lists: true, imported_from_wantlist: false };
    expect(await watches()).toEqual([
      {
        ...common,
        discogs_release_id: 1,
        discogs_master_id: null,
        match_mode: 'exact_release',
        title: 'Record 1',
        artist: 'Band',
        target_price: '25.00',
        currency: 'EUR',
        min_condition: 'VG+',
      },
      expect.objectContaining({
        discogs_release_id: 2,
        target_price: null,
        currency: 'USD',
        min_condition: null,
      }),
      expect.objectContaining({ discogs_release_id: 3, target_price: '30.00', currency: 'GBP' }),
      expect.objectContaining({
        discogs_release_id: 4,
        discogs_master_id: 1004,
        match_mode: 'master_release',
        title: 'Record 4',
      }),
    ]);
    const targets = await probe.db.rows(`SELECT kind, key FROM poll_targets ORDER BY kind DESC, key`);
    expect(targets).toEqual(
      expect.arrayContaining([
        { kind: 'release', key: '1' },
        { kind: 'master', key: '1004' },
      ]),
    );
  });

  it('reads lists in either spelling', async () => {
    alice([{ id: 71, items: [{ id: 1 }] }]);
    probe.discogs.users.listSpelling = 'list_id';
    await connect();
    expect(await run()).toMatchObject({ status: 'completed', imported_count: 1 });
    expect(await flags()).toEqual([[1, true]]);
  });

  it('tells the owner of directives that it cannot read', async () => {
    alice([{ id: 71, items: [{ id: 1, comment: '@max=cheap @media=VG+' }] }]);
    await connect();

    expect(await run()).toMatchObject({
      status: 'completed',
      errors: [
        { error: 'unreadable directive in a list comment', detail: '@max=cheap (Record 1)', source: 'lists' },
      ],
    });
    expect(await watches()).toEqual([expect.objectContaining({ target_price: null, min_condition: 'VG+' })]);
  });

  it('never touches what the user has set, whatever the comment says by now', async () => {
    alice([
      {
        id: 71,
        items: [
          { id: 1, comment: '@max=25' },
          { id: 1002, type: 'master', comment: '@max=9' },
        ],
      },
    ]);
    await connect();
    await run();
    await probe.db.rows(
      `UPDATE watch_releases SET target_price = 40, min_condition = 'NM', is_active = false WHERE user_id = $1`,
      [me.id],
    );
    alice([
      {
        id: 71,
        items: [
          { id: 1, comment: '@max=10 @media=G' },
          { id: 1002, type: 'master', comment: '@max=1' },
        ],
      },
    ]);

    expect(await run()).toMatchObject({ imported_count: 2, created_count: 0, updated_count: 2 });
    for (const watch of await watches()) {
      expect(watch).toMatchObject({ target_price: '40.00', min_condition: 'NM', is_active: false });
    }
  });

  it('sees public lists only where the link has no credential', async () => {
    alice([
      { id: 71, items: [{ id: 1 }] },
      { id: 72, isPublic: false, items: [{ id: 2 }] },
    ]);
    await me.call('POST', `${BASE}/connect`, { external_user_id: 'Alice' });
    await run();
    expect(await flags()).toEqual([[1, true]]);
  });

  it('clears the flag of what has left all lists, and leaves the watch', async () => {
    alice([
      { id: 71, items: [{ id: 1 }, { id: 2 }] },
      { id: 72, items: [{ id: 2 }, { id: 3 }, { id: 1005, type: 'master' }, { id: 1006, type: 'master' }] },
    ]);
    await connect();
    await run();
    alice([{ id: 72, items: [{ id: 3 }, { id: 1006, type: 'master' }] }]);
    await run();
    expect(await flags()).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [5, false],
      [6, true],
    ]);
  });

  it('clears nothing when a list could not be read', async () => {
    alice([
      { id: 71, items: [{ id: 1 }] },
      { id: 72, items: [{ id: 2 }] },
    ]);
    await connect();
    await run();
    probe.discogs.inject({ kind: 'status', path: '/lists/71', status: 404 });
    expect(await run()).toMatchObject({ status: 'completed' });
    expect(await flags()).toEqual([
      [1, true],
      [2, true],
    ]);
  });

  it('is not fooled by an overview that has lost its rows', async () => {
    alice([{ id: 71, items: [{ id: 1 }] }]);
    await connect();
    await run();
    const id = await start();
    probe.discogs.inject({ kind: 'empty_page', path: '/users/Alice/lists' });
    await worker.imports.runDue();
    expect(await jobOf(id)).toMatchObject({ status: 'running', cursor: null });
    await dueNow();
    await worker.imports.runDue();
    expect(await jobOf(id)).toMatchObject({ status: 'completed' });
    expect(await flags()).toEqual([[1, true]]);
  });

  it.each([0, 1, 2])('goes on where it stopped after a failure at call %i', async (after) => {
    alice([
      { id: 71, items: [{ id: 1 }] },
      { id: 72, items: [{ id: 2 }] },
    ]);
    await connect();
    const id = await start();
    const paths = ['/users/Alice/lists', '/lists/71', '/lists/72'];
    probe.discogs.inject({ kind: 'status', path: paths[after] ?? '', status: 500 });
    await worker.imports.runDue();
    expect(await jobOf(id)).toMatchObject({ status: 'running' });
    await dueNow();
    await worker.imports.runDue();

    expect(await jobOf(id)).toMatchObject({ status: 'completed', created_count: 2 });
    expect(probe.discogs.requests('/lists/').map(({ path, status }) => [path, status])).toEqual(
      paths.slice(1).flatMap((path) =>
        path === paths[after]
          ? [
              [path, 500],
              [path, 200],
            ]
          : [[path, 200]],
      ),
    );
  });

  it('comes with everything else, and by schedule once it was asked for', async () => {
    alice([{ id: 71, items: [{ id: 1 }] }], [2]);
    await connect();
    const sync = await probe.startWorker({
      DISCOGS_SYNC_ENABLED: 'true',
      DISCOGS_SYNC_INTERVAL_SECONDS: '1',
      DISCOGS_SYNC_JITTER_SECONDS: '0',
      DISCOGS_SYNC_SPREAD_SECONDS: '-1',
    });
    const again = async () => {
      await probe.db.rows(`UPDATE external_account_links SET last_synced_at = now() - interval '1 hour'`);
      await sync.sync.syncDue();
      await sync.imports.runDue();
      const [job] = await probe.db.rows<{ import_scope: string }>(
        'SELECT import_scope FROM import_jobs ORDER BY created_at DESC LIMIT 1',
      );
      return job?.import_scope;
    };
    try {
      expect(await again()).toBe('both');
      expect(await flags()).toEqual([[2, false]]);
      expect(await run('all')).toMatchObject({ cursor: 'lists:2/2', created_count: 1 });
      expect(await again()).toBe('all');
    } finally {
      await sync.module.close();
    }
  });

  it.each([2, 3, 4])('counts every page once when the answer to commit %i is lost', async (which) => {
    alice([{ id: 71, items: [{ id: 5 }] }], [1, 2, 3]);
    await connect();
    const id = await start('all');
    // The first transaction claims the job; the others store a page each.
    const putBack = loseCommit(worker.module, which);
    await worker.imports.runDue();

    expect(putBack()).toBeGreaterThan(which);
    expect(await jobOf(id)).toMatchObject({ status: 'completed', processed_count: 4, created_count: 4 });
  });
});
