import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { DISCOGS_KEYS, DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { EbaySimulator } from '../simulators/ebay/ebay-simulator';
import { KmsSimulator } from '../simulators/kms/kms-simulator';
import { useTestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { type AppProcess, freePort, spawnAppProcess, startAppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';
import { TlsFront } from '../support/tls-front';
import { TestIssuer } from '../support/tokens';

interface Line {
  event: string;
  [field: string]: unknown;
}

const PROCESSES = [
  { name: 'api', entry: 'apps/api/main', port: 'PORT' },
  { name: 'worker', entry: 'apps/worker/main', port: 'WORKER_PORT' },
] as const;
type Process = (typeof PROCESSES)[number];

/** Words that stand for values and must be read nowhere. */
const DISCOGS_TOKEN = 'production-discogs-token';
const EBAY_SECRET = 'production-ebay-secret';

describe('production, with exactly the variables that make check-prod-env asks for', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const kms = new KmsSimulator();
  const discogs = new DiscogsSimulator();
  const ebay = new EbaySimulator();
  let tls: TlsFront;
  let issuer: TestIssuer;
  let publicIssuer: string;
  let required: Record<string, string>;
  let machine: Record<string, string>;
  const running: AppProcess[] = [];
  const ending: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    tls = await TlsFront.start();
    issuer = await TestIssuer.start();
    publicIssuer = await tls.before(issuer.issuer);
    await kms.start();
    await discogs.start();
    await ebay.start();
    required = {
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      AUTH_ISSUER: publicIssuer,
      AUTH_JWKS_URL: `${publicIssuer}/.well-known/jwks.json`,
      TOKEN_CRYPTO_KMS_KEY_ID: kms.addKey().arn,
      DISCOGS_USER_AGENT: 'WaxWatchTest/1.0 +https://waxwatch.example',
      DISCOGS_TOKEN,
      EBAY_CLIENT_ID: 'production-ebay-client',
      EBAY_CLIENT_SECRET: EBAY_SECRET,
    };
    // What a machine at AWS has of itself: its role, and where the services of its region are.
    machine = {
      NODE_EXTRA_CA_CERTS: tls.certificateFile,
      AWS_ACCESS_KEY_ID: 'AKIASIMULATED',
      AWS_SECRET_ACCESS_KEY: 'simulated',
      AWS_ENDPOINT_URL_KMS: await tls.before(kms.url),
    };
  });
  afterEach(async () => {
    // How they stop in order, and for how long, is told elsewhere.
    for (const process of running.splice(0)) await process.stop(0);
    for (const end of ending.splice(0)) await end();
  });
  afterAll(async () => {
    await discogs.stop();
    await ebay.stop();
    await kms.stop();
    await issuer.stop();
    await tls.stop();
  });

  const without = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(required).filter(([known]) => known !== name));

  /** Ready, or else why not. The port is all that is added, because the tests share a machine. */
  const boot = async (process: Process, env: Record<string, string>): Promise<AppProcess> => {
    const port = String(await freePort());
    const started = await startAppProcess({
      entry: process.entry,
      env: { ...machine, ...env, [process.port]: port },
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    });
    running.push(started);
    return Object.assign(started, { url: `http://127.0.0.1:${port}` });
  };
  const urlOf = (process: AppProcess): string => (process as AppProcess & { url: string }).url;
  const linesOf = ({ log }: AppProcess): Line[] =>
    log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  const lines = (process: AppProcess, event: string): Line[] =>
    linesOf(process).filter((line) => line.event === event);
  const expectNoValues = (log: string): void => {
    for (const secret of [DISCOGS_TOKEN, EBAY_SECRET, new URL(database.url).password]) {
      if (secret !== '') expect(log).not.toContain(secret);
    }
  };

  describe.each(PROCESSES)('$name', (process) => {
    it.each<[Record<string, string>]>([[{}], [{ ENVIRONMENT: 'staging' }]])(
      'boots with %j, and takes itself for production',
      async (environment) => {
        const started = await boot(process, { ...required, ...environment });

        expect(lines(started, 'app.startup')).toEqual([
          expect.objectContaining({ is_production_like: true, auth_issuer_configured: true }),
        ]);
        expect(lines(started, 'notifications.email.not_configured')).toEqual([
          expect.objectContaining({
            level: 'warning',
            reason: 'NOTIFICATION_EMAIL_PROVIDER is missing or none',
          }),
        ]);
        expect(lines(started, 'provider.enabled').map((line) => line['provider'])).toEqual([
          'discogs',
          'ebay',
        ]);
        expect(lines(started, 'provider.disabled').map((line) => line['provider'])).toEqual(['mock']);
        expectNoValues(started.log);
      },
    );

    it.each(['DATABASE_URL', 'REDIS_URL', 'AUTH_ISSUER'])('stops without %s, and says so', async (name) => {
      const ended = await spawnAppProcess({ entry: process.entry, env: { ...machine, ...without(name) } });

      expect((await ended.ended).code).toBe(78);
      expect(ended.log).toMatch(new RegExp(`^configuration: ${name}: is required.*\\n$`));
      expectNoValues(ended.log);
    });

    it.each([
      ['sendmail', 'must be one of'],
      ['stub', 'must not be stub'],
    ])('stops where %s is to carry e-mails, and says so', async (provider, problem) => {
      const env = { ...machine, ...required, NOTIFICATION_EMAIL_PROVIDER: provider };
      const ended = await spawnAppProcess({ entry: process.entry, env });

      expect((await ended.ended).code).toBe(78);
      expect(ended.log).toMatch(new RegExp(`^configuration: NOTIFICATION_EMAIL_PROVIDER: ${problem}.*\\n$`));
      expectNoValues(ended.log);
    });

    it.each([
      ['DISCOGS_TOKEN', 'discogs'],
      ['DISCOGS_USER_AGENT', 'discogs'],
      ['EBAY_CLIENT_ID', 'ebay'],
      ['EBAY_CLIENT_SECRET', 'ebay'],
    ])('goes on without %s, but not with %s, and says why', async (name, provider) => {
      const started = await boot(process, without(name));

      expect(lines(started, 'provider.disabled')).toContainEqual(
        expect.objectContaining({ level: 'warning', provider, reason: `missing required config: ${name}` }),
      );
      expect(lines(started, 'provider.enabled')).toHaveLength(1);
      expectNoValues(started.log);
    });

    it('takes no variable from a file', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'waxwatch-env-'));
      const text = Object.entries(required)
        .map(([name, value]) => `${name}=${value}`)
        .join('\n');
      for (const name of ['.env', '.env.prod', '.env.production']) await writeFile(join(folder, name), text);
      const ended = await spawnAppProcess({
        entry: process.entry,
        env: without('DATABASE_URL'),
        cwd: folder,
      });

      expect((await ended.ended).code).toBe(78);
      expect(ended.log).toBe('configuration: DATABASE_URL: is required\n');
      await rm(folder, { recursive: true });
    });
  });

  it('finds the keys of the issuer without AUTH_JWKS_URL, and says where', async () => {
    const started = await boot(PROCESSES[0], without('AUTH_JWKS_URL'));

    expect(lines(started, 'auth.verifier.configured')).toEqual([
      expect.objectContaining({ jwks_url: required['AUTH_JWKS_URL'], jwks_url_from: 'AUTH_ISSUER' }),
    ]);
    const token = await issuer.issueToken({ iss: publicIssuer });
    const answer = await fetch(`${urlOf(started)}/api/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
  });

  it('goes on without TOKEN_CRYPTO_KMS_KEY_ID, but keeps no secret of anybody, and says why', async () => {
    const started = await boot(PROCESSES[0], without('TOKEN_CRYPTO_KMS_KEY_ID'));

    expect(lines(started, 'token_crypto.disabled')).toEqual([
      expect.objectContaining({ level: 'warning', reason: 'TOKEN_CRYPTO_KMS_KEY_ID is missing' }),
    ]);
  });

  it('seals the tokens of users with keys from KMS', async () => {
    discogs.addUser({ username: 'ada', token: 'token-of-ada' });
    const started = await boot(PROCESSES[0], {
      ...required,
      DISCOGS_TOKEN: DISCOGS_KEYS.token,
      DISCOGS_API_BASE_URL: await tls.before(discogs.url),
    });
    const token = await issuer.issueToken({ iss: publicIssuer });
    const answer = await fetch(`${urlOf(started)}/api/integrations/discogs/connect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ external_user_id: 'ada', access_token: 'token-of-ada' }),
    });

    expect([answer.status, started.log]).toEqual([200, expect.not.stringContaining('token-of-ada')]);
    const client = new Client(database.url);
    await client.connect();
    const { rows } = await client.query<{ access_token: string }>(
      'SELECT access_token FROM external_account_links',
    );
    await client.end();
    expect(rows).toEqual([{ access_token: expect.stringMatching(/^enc:v2:/) as string }]);
    expect(kms.requests().map(({ headers }) => headers['x-amz-target'])).toContain(
      'TrentService.GenerateDataKey',
    );
    expect(lines(started, 'token_crypto.enabled')).toEqual([expect.objectContaining({ keys: 'kms' })]);
  });

  it('holds a new rule against the copies that are known already', async () => {
    // It has nothing for sale: whatever the rule finds was known before.
    const env = { ...required, EBAY_API_BASE_URL: await tls.before(ebay.url) };
    const api = await boot(PROCESSES[0], env);
    await boot(PROCESSES[1], env);
    const client = new Client(database.url);
    await client.connect();
    ending.push(async () => await client.end());
    await client.query(
      `INSERT INTO listings (id, provider, external_id, url, title, price)
       VALUES (gen_random_uuid(), 'ebay', 'v1|1|0', 'https://www.ebay.com/itm/1', 'Can - Tago Mago 2LP', 25)`,
    );
    const token = await issuer.issueToken({ iss: publicIssuer });
    const answer = await fetch(`${urlOf(api)}/api/watch-rules`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        name: 'Can',
        query: { keywords: ['tago mago'], sources: ['ebay'] },
        poll_interval_seconds: 3600,
      }),
    });
    expect(answer.status).toBe(201);
    const rule = (await answer.json()) as { id: string };

    await eventually(
      async () => {
        const { rows } = await client.query(
          `SELECT e.type, n.channel FROM events e JOIN notifications n ON n.event_id = e.id
           WHERE e.rule_id = $1 ORDER BY n.channel`,
          [rule.id],
        );
        expect(rows).toEqual([
          { type: 'NEW_MATCH', channel: 'email' },
          { type: 'NEW_MATCH', channel: 'realtime' },
        ]);
      },
      { timeoutMs: 30_000 },
    );
  });

  it.each([
    ['DATABASE_URL', 'mysql://root:hush@db/x', 'must be a postgresql:// URL'],
    ['DATABASE_URL', 'changeme', 'still holds a placeholder'],
    ['REDIS_URL', 'http://hush', 'must be a redis:// or rediss:// URL'],
    ['AUTH_ISSUER', 'hush', 'must be an http(s) URL'],
    ['AUTH_JWKS_URL', 'http://hush.example/keys', 'must use https in production-like environments'],
    ['DISCOGS_TOKEN', '<your token>', 'still holds a placeholder'],
    ['TOKEN_CRYPTO_KMS_KEY_ID', 'replace-me', 'still holds a placeholder'],
  ])('stops for %s=%s with one line', async (name, value, problem) => {
    const ended = await spawnAppProcess({ entry: PROCESSES[0].entry, env: { ...required, [name]: value } });

    expect((await ended.ended).code).toBe(78);
    expect(ended.log).toBe(`configuration: ${name}: ${problem}\n`);
  });
});
