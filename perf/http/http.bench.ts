import 'reflect-metadata';
import autocannon from 'autocannon';
import { randomUUID } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Client } from 'pg';
import { keysetTail } from '../../libs/platform/src/http/pagination';
import { LIST_RULES } from '../../libs/watch-rules/src/watch-rules.sql';
import { freePort } from '../../test/support/free-port';
import { startAppProcess } from '../../test/support/processes';
import { TestIssuer } from '../../test/support/tokens';
import { startBenchServices } from '../support/services';
import { median, report, type Goal } from '../support/report';

const RULES = 100_000;
const USERS = 100;
const POOL = 10;
const CONNECTIONS = [16, 64];
const ROUNDS = 5;
const SECONDS = 4;
const FRESH_TOKENS = 200;
const PATH = '/api/watch-rules?limit=50';

interface Shot {
  perSecond: number;
  p99Ms: number;
}

async function populate(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const users = Array.from({ length: USERS }, () => randomUUID());
  await client.query(
    `INSERT INTO users (id, email, hashed_password) SELECT id, id || '@bench.example', '!' FROM unnest($1::uuid[]) u (id)`,
    [users],
  );
  await client.query(
    `INSERT INTO watch_search_rules (id, user_id, name, query, created_at)
     SELECT gen_random_uuid(), ($1::uuid[])[1 + n % ${USERS}], 'Records I am after, number ' || n,
            jsonb_build_object('keywords', jsonb_build_array('artist ' || n, 'album ' || n), 'sources', '["ebay", "discogs"]'::jsonb,
              'max_price', 20 + n % 80, 'min_condition', 'VG+', 'currency', 'USD'),
            now() - n * interval '1 second'
     FROM generate_series(1, ${RULES}) n`,
    [users],
  );
  await client.query('VACUUM (ANALYZE) watch_search_rules');
  await client.end();
  return users[0] ?? '';
}

async function shoot(url: string, connections: number, token: string): Promise<Shot> {
  const result = await autocannon({
    url,
    connections,
    duration: SECONDS,
    headers: { authorization: `Bearer ${token}` },
  });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refusals, ${result.errors} errors`);
  return { perSecond: result.requests.total / result.duration, p99Ms: result.latency.p99 };
}

async function startBare(databaseUrl: string, userId: string): Promise<{ url: string; child: ChildProcess }> {
  const params: unknown[] = [userId];
  const sql = `${LIST_RULES} ${keysetTail({ limit: 50, offset: 0, after: null }, 'r', params)}`;
  const script = join(__dirname, 'bare-server.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, databaseUrl, userId, String(POOL), sql], {
    cwd: resolve(__dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${line.toString().trim()}`, child };
}

/** Milliseconds of a request, over one connection and one after another. */
async function timeEach(url: string, tokens: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (const token of tokens) {
    const startedAt = performance.now();
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    await response.arrayBuffer();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

async function main(): Promise<void> {
  const services = await startBenchServices();
  const issuer = await TestIssuer.start();
  const userId = await populate(services.databaseUrl);
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const api = await startAppProcess({
    entry: 'apps/api/main',
    readyUrl: `${base}/readyz`,
    env: {
      ENVIRONMENT: 'test',
      LOG_LEVEL: 'info',
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      DB_POOL_SIZE: String(POOL),
      RATE_LIMIT_GLOBAL_AUTHENTICATED_RPM: '1000000',
      RATE_LIMIT_WATCH_RULES_RPM: '1000000',
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  const bare = await startBare(services.databaseUrl, userId);
  try {
    const token = await issuer.issueToken({ sub: userId });
    await checkSameJson(`${base}${PATH}`, bare.url, token);
    const goals: Goal[] = [];
    const rounds: Record<string, { ours: Shot[]; theirs: Shot[] }> = {};
    for (const connections of CONNECTIONS) {
      const ours: Shot[] = [];
      const theirs: Shot[] = [];
      await shoot(`${base}${PATH}`, connections, token);
      await shoot(bare.url, connections, token);
      for (let round = 0; round < ROUNDS; round += 1) {
        theirs.push(await shoot(bare.url, connections, token));
        ours.push(await shoot(`${base}${PATH}`, connections, token));
      }
      rounds[connections] = { ours, theirs };
      goals.push(...compare(connections, ours, theirs));
    }
    const warm = await timeEach(
      `${base}${PATH}`,
      Array.from({ length: FRESH_TOKENS }, () => token),
    );
    const fresh: string[] = [];
    for (let n = 0; n < FRESH_TOKENS; n += 1)
      fresh.push(await issuer.issueToken({ sub: userId, session_id: randomUUID() }));
    const first = await timeEach(`${base}${PATH}`, fresh);
    goals.push({
      name: 'first request of a fresh token, ms more',
      value: first - warm,
      op: '<=',
      goal: 2,
      baseline: { name: 'warm token, ms', value: warm },
    });
    report('http', goals, { path: PATH, rules: RULES, secondsPerRound: SECONDS, rounds });
  } finally {
    bare.child.kill('SIGKILL');
    await api.stop();
    await issuer.stop();
    await services.stop();
  }
}

function compare(connections: number, ours: readonly Shot[], theirs: readonly Shot[]): Goal[] {
  const rate = (shots: readonly Shot[]): number => median(shots.map((shot) => shot.perSecond));
  const p99 = (shots: readonly Shot[]): number => median(shots.map((shot) => shot.p99Ms));
  return [
    {
      name: `share of the bare handler's throughput, ${connections} connections`,
      value: rate(ours) / rate(theirs),
      op: '>=',
      goal: 0.65,
      baseline: { name: 'node:http + pg, requests/s', value: rate(theirs) },
    },
    {
      name: `p99 over the bare handler's, ${connections} connections`,
      value: p99(ours) / p99(theirs),
      op: '<=',
      goal: 2,
      baseline: { name: 'node:http + pg, p99 ms', value: p99(theirs) },
    },
  ];
}

async function checkSameJson(ours: string, theirs: string, token: string): Promise<void> {
  const read = async (url: string): Promise<string> =>
    await (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).text();
  const [a, b] = [await read(ours), await read(theirs)];
  // PostgreSQL prints spaces inside a query's JSON, which our answer keeps.
  if (!isDeepStrictEqual(JSON.parse(a), JSON.parse(b)))
    throw new Error(`the two answers differ:\n${a.slice(0, 300)}\n${b.slice(0, 300)}`);
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
