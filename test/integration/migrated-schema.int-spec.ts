import { HealthModule } from '@waxwatch/health';
import { Database } from '@waxwatch/platform/database';
import { MigratedSchemaModule } from '../../apps/migrated-schema';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { type HttpApp, startHttpApp } from '../support/http-app';

const ENV = { AUTH_ISSUER: 'http://127.0.0.1:1/auth/v1' };

describe('a process whose migrations', () => {
  const database = useTestDatabase();
  let http: HttpApp;

  const start = async (): Promise<Database> => {
    http = await startHttpApp([HealthModule, MigratedSchemaModule], { DATABASE_URL: database.url, ...ENV });
    return await http.app.get(Database);
  };
  const readiness = async (): Promise<{ status: number; body: unknown }> => await http.call('GET', '/readyz');
  const notReady = {
    status: 503,
    body: {
      error: { details: { checks: { migrations: { status: 'failed', reason: 'not ready yet' } } } },
    },
  };
  afterEach(async () => await http.close());

  it('have run is ready, also after those of a later release', async () => {
    const before = await start();
    await before.rows(
      `INSERT INTO schema_migrations (timestamp, name) VALUES (9999999999999, 'OfALaterRelease9999999999999')`,
    );
    await http.close();

    await start();

    expect(await readiness()).toMatchObject({ status: 200 });
  });

  it('have not all run is ready only once they have', async () => {
    const before = await start();
    const [undone] = await before.rows<{ timestamp: string; name: string }>(
      `DELETE FROM schema_migrations WHERE name = 'LiveIndexes1764000000075' RETURNING timestamp, name`,
    );
    await http.close();
    const db = await start();
    expect(await readiness()).toMatchObject(notReady);

    await db.rows('INSERT INTO schema_migrations (timestamp, name) VALUES ($1, $2)', [
      undone?.timestamp,
      undone?.name,
    ]);

    await eventually(async () => expect(await readiness()).toMatchObject({ status: 200 }));
  });

  it('have never run is not ready', async () => {
    const before = await start();
    await before.rows('ALTER TABLE schema_migrations RENAME TO elsewhere');
    await http.close();

    const db = await start();

    expect(await readiness()).toMatchObject(notReady);
    await db.rows('ALTER TABLE elsewhere RENAME TO schema_migrations');
  });
});
