/** The same database by way of the pooler at `host`. */
export function through(host: string, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.host = host;
  return url.toString();
}

/** The environment of a process under test; in a run with a pooler, it has no other way to the tests' server. */
export function pooled(env: Record<string, string>): Record<string, string> {
  const host = process.env.TEST_POOLER_HOST;
  const { DATABASE_URL: databaseUrl } = env;
  if (!host || !databaseUrl || !isOnTestServer(databaseUrl)) return env;
  return { ...env, DATABASE_URL: through(host, databaseUrl), DB_PGBOUNCER: 'true' };
}

const isOnTestServer = (url: string): boolean =>
  URL.canParse(url) && new URL(url).host === new URL(process.env.TEST_DATABASE_URL ?? '').host;
