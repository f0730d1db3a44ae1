import { Client } from 'pg';
import { MIGRATIONS } from '../../migrations/all-migrations';
import { findSchemaDrift, migrate } from '../../migrations/migrate';
import { eventually } from '../support/eventually';
import { testServices } from '../support/services';
import { cloneTestDatabase } from '../support/test-databases';

const INDEX = 'ix_listings_seller';
const INSERT_LISTING = `
  INSERT INTO listings (id, provider, external_id, url, title, price, currency, status, first_seen_at, last_seen_at)
  VALUES (gen_random_uuid(), 'ebay', gen_random_uuid()::text, 'https://shop.example/1', 'Alpha', 10, 'EUR', 'active', now(), now())`;

describe('migrate', () => {
  let url: string;
  let clients: Client[] = [];

  const connect = async (): Promise<Client> => {
    const client = new Client(url);
    await client.connect();
    clients.push(client);
    return client;
  };
  /** As it was before the last migration ran, with its long work still to do. */
  const rewind = async (client: Client): Promise<void> => {
    await client.query(`DELETE FROM schema_migrations WHERE name = 'LiveIndexes1764000000075'`);
    await client.query(`DROP INDEX ${INDEX}`);
  };
  const indexes = async (client: Client): Promise<unknown[]> => {
    const { rows } = await client.query<Record<string, unknown>>(
      'SELECT indisvalid, pg_get_indexdef(indexrelid) AS definition FROM pg_index WHERE indexrelid = to_regclass($1)',
      [INDEX],
    );
    return rows;
  };
  const built = {
    indisvalid: true,
    definition: `CREATE INDEX ${INDEX} ON public.listings USING btree (lower((seller)::text)) WHERE (seller IS NOT NULL)`,
  };
  const isWaiting = async (client: Client): Promise<void> => {
    const { rows } = await client.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE application_name = 'waxwatch-migrate' AND datname = current_database() AND wait_event_type = 'Lock'`,
    );
    expect(rows).toHaveLength(1);
  };

  beforeEach(async () => {
    url = await cloneTestDatabase(testServices.databaseUrl, {
      name: 'waxwatch_test_template_empty',
      prepare: async () => await Promise.resolve(),
    });
    globalThis.fileResources?.databases.push(url);
  });
  afterEach(async () => {
    for (const client of clients) await client.end();
    clients = [];
  });

  it('runs each migration once, however many processes begin at the same time', async () => {
    const ran = await Promise.all([migrate(url), migrate(url), migrate(url)]);

    expect(ran.map((names) => names.length).sort((a, b) => a - b)).toEqual([0, 0, MIGRATIONS.length]);
    expect(await findSchemaDrift(url)).toEqual([]);
    expect(await migrate(url)).toEqual([]);
  }, 60_000);

  it('builds anew an index whose build was interrupted', async () => {
    await migrate(url);
    const client = await connect();
    await rewind(client);
    await client.query(`CREATE INDEX ${INDEX} ON listings (id)`);
    await client.query('UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass($1)', [INDEX]);

    await migrate(url);

    expect(await indexes(client)).toEqual([built]);
  }, 60_000);

  it('lets everybody write while an index waits for a long transaction', async () => {
    await migrate(url);
    const [slow, other] = [await connect(), await connect()];
    await rewind(other);
    await slow.query('BEGIN');
    await slow.query(INSERT_LISTING);

    const migrating = migrate(url);
    await eventually(async () => await isWaiting(other));
    await other.query(`SET statement_timeout = '1s'`);
    await other.query(INSERT_LISTING);
    await slow.query('COMMIT');

    expect(await migrating).toEqual(['LiveIndexes1764000000075']);
    expect(await indexes(other)).toEqual([built]);
  }, 60_000);

  it('tries again where a table is locked for long, and holds nobody up meanwhile', async () => {
    await migrate(url);
    const [slow, other] = [await connect(), await connect()];
    await other.query(`DELETE FROM schema_migrations WHERE name LIKE 'ListingChecks%'`);
    await other.query('ALTER TABLE listings DROP COLUMN check_due_at');
    await slow.query('BEGIN');
    await slow.query(INSERT_LISTING);
    let busy = 0;

    const migrating = migrate(url, { lockTimeoutMs: 100, pauseMs: 50, onBusy: () => (busy += 1) });
    await eventually(() => expect(busy).toBeGreaterThan(1));
    await other.query(INSERT_LISTING);
    await slow.query('COMMIT');

    expect(await migrating).toEqual(['ListingChecks1764000000049']);
  }, 60_000);
});
