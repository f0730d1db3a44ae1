import { AuthModule, type LocalIssuer } from '@waxwatch/auth';
import { HealthModule } from '@waxwatch/health';
import type { Database } from '@waxwatch/platform/database';
import { API_FEATURES, DEVELOPMENT_FEATURES } from '../../apps/api/api.module';
import { QueueDashboardModule } from '@waxwatch/queue-dashboard';
import { type HttpApp, startHttpApp } from './http-app';

/** Everything that the API process serves outside production; the board of the queues only with `QUEUE_EAGER=false`. */
export async function startWholeApi(
  databaseUrl: string,
  issuer: LocalIssuer,
  env: Record<string, string> = {},
): Promise<HttpApp> {
  const queue = { QUEUE_DASHBOARD_ENABLED: undefined, QUEUE_EAGER: env['QUEUE_EAGER'] !== 'false' };
  return await startHttpApp(
    [
      AuthModule,
      HealthModule,
      ...API_FEATURES,
      QueueDashboardModule.forRoot({ ...queue, isProductionLike: false }),
      ...DEVELOPMENT_FEATURES,
    ],
    {
      DATABASE_URL: databaseUrl,
      AUTH_ISSUER: issuer.issuer,
      TOKEN_CRYPTO_LOCAL_KEY: Buffer.alloc(32, 7).toString('base64'),
      ...env,
    },
    {},
  );
}

interface RouterLayer {
  route?: { path: string; methods: Record<string, boolean> };
}

/**
 * Every route as the router has it, such as `GET /api/watch-rules/:rule_id`; none can be forgotten. `ALL` stands for
 * whatever method.
 */
export function routesOf({ app }: HttpApp): string[] {
  const { router } = app.getHttpAdapter().getInstance() as { router: { stack: RouterLayer[] } };
  return router.stack
    .flatMap(({ route }) => {
      if (!route) return [];
      const methods = Object.keys(route.methods);
      return (methods.length > 1 ? ['all'] : methods).map(
        (method) => `${method.toUpperCase()} ${route.path}`,
      );
    })
    .sort();
}

/** The route with something in place of each parameter. */
export function fillIn(
  route: string,
  valueOf: (parameter: string) => string,
): [method: string, path: string] {
  const [method = '', template = ''] = route.split(' ');
  return [method, template.replaceAll(/:(\w+)/g, (_, name: string) => valueOf(name))];
}

type Rows = Pick<Database, 'rows'>;

const TABLES = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'`;

async function perTable(db: Rows, measure: (table: string) => string): Promise<Record<string, string>> {
  const tables = (await db.rows<{ tablename: string }>(TABLES)).map(({ tablename }) => tablename).sort();
  const parts = tables.map((table) => `SELECT '${table}' AS name, (${measure(table)})::text AS value`);
  const rows = await db.rows<{ name: string; value: string }>(parts.join(' UNION ALL '));
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** A digest of everything in each table. */
export const digestRows = async (db: Rows): Promise<Record<string, string>> =>
  await perTable(
    db,
    (table) => `SELECT md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM "${table}" t`,
  );

/** What was asked of a provider is recorded, whatever came of it, and after the answer. */
const RECORDS_OF_CALLS = ['provider_requests', 'provider_pauses'];

/** A stamp for each table, which differs when any row was written, changed or removed, even to the same values. */
export async function stampRows(db: Rows): Promise<Record<string, string>> {
  const stamps = await perTable(
    db,
    (table) =>
      `SELECT count(*) || ':' || coalesce(sum(hashtextextended(t.ctid::text || t.xmin::text, 0)), 0) FROM "${table}" t`,
  );
  return Object.fromEntries(Object.entries(stamps).filter(([table]) => !RECORDS_OF_CALLS.includes(table)));
}
