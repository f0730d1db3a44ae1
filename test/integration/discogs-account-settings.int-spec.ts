import { useTestDatabase } from '../support/database';
import { DiscogsAccountProbe, requestTokenOf } from '../support/discogs-account';
import { KmsSimulator } from '../simulators/kms/kms-simulator';

const BASE = '/api/integrations/discogs';

/** What depends on the settings of an installation. */
describe('linking a Discogs account', () => {
  const database = useTestDatabase();

  async function withProbe(
    env: Record<string, string>,
    work: (probe: DiscogsAccountProbe) => Promise<void>,
  ): Promise<void> {
    const probe = await DiscogsAccountProbe.start(database.url, env);
    try {
      await probe.reset();
      probe.discogs.addUser({ username: 'Alice', token: 'alice-token' });
      await work(probe);
    } finally {
      await probe.close();
    }
  }

  it('needs a key for tokens, and says so; a name alone needs none', async () => {
    await withProbe({ TOKEN_CRYPTO_LOCAL_KEY: '' }, async (probe) => {
      const me = await probe.user();
      const byToken = { external_user_id: 'Alice', access_token: 'alice-token' };
      const answers = [
        await me.call('POST', `${BASE}/oauth/start`),
        await me.call('POST', `${BASE}/connect`, byToken),
      ];

      for (const answer of answers) {
        expect([answer.status, answer.message, answer.headers.get('retry-after')]).toEqual([
          503,
          'token encryption is not configured: TOKEN_CRYPTO_LOCAL_KEY is missing',
          '30',
        ]);
      }
      expect((await me.call('POST', `${BASE}/connect`, { external_user_id: 'Alice' })).status).toBe(200);
    });
  });

  it('needs an application that is registered at Discogs', async () => {
    await withProbe({ DISCOGS_OAUTH_CLIENT_SECRET: '' }, async (probe) => {
      const answer = await (await probe.user()).call('POST', `${BASE}/oauth/start`);

      expect([answer.status, answer.message]).toEqual([503, 'Linking Discogs accounts is not configured']);
    });
  });

  it('imports public lists with key and secret where the application has no token', async () => {
    await withProbe({ DISCOGS_TOKEN: '' }, async (probe) => {
      const worker = await probe.startWorker({ DISCOGS_TOKEN: '' });
      try {
        const me = await probe.user();
        await me.call('POST', `${BASE}/connect`, { external_user_id: 'Alice' });
        const { body } = await me.call('POST', `${BASE}/import`);
        await worker.imports.runDue();
        const job = await me.call('GET', `${BASE}/import/${(body as { id: string }).id}`);
        expect(job.body).toMatchObject({ status: 'completed' });
        const credentials = probe.discogs
          .requests('/users/Alice')
          .map(({ headers }) => headers['authorization']);
        expect([...new Set(credentials.map((text) => text?.split('=')[0]))]).toEqual(['Discogs key']);
      } finally {
        await worker.module.close();
      }
    });
  });

  it('imports public lists only where the application has a token, or key and secret', async () => {
    await withProbe({ DISCOGS_TOKEN: '', DISCOGS_OAUTH_CLIENT_ID: '' }, async (probe) => {
      const me = await probe.user();
      await me.call('POST', `${BASE}/connect`, { external_user_id: 'Alice' });
      const answer = await me.call('POST', `${BASE}/import`);

      expect([answer.status, answer.message]).toEqual([
        503,
        'Discogs import is not available: missing required config: DISCOGS_TOKEN',
      ]);
      await me.call('POST', `${BASE}/connect`, { external_user_id: 'Alice', access_token: 'alice-token' });
      expect((await me.call('POST', `${BASE}/import`)).status).toBe(200);
    });
  });

  it('keeps the state for another try while the key service is away', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'sim-access-key';
    process.env.AWS_SECRET_ACCESS_KEY = 'sim-secret-key';
    const kms = new KmsSimulator();
    const endpoint = await kms.start();
    const key = kms.addKey();
    const env = { TOKEN_CRYPTO_KMS_KEY_ID: key.arn, KMS_ENDPOINT_URL: endpoint, TOKEN_CRYPTO_LOCAL_KEY: '' };
    await withProbe(env, async (probe) => {
      const me = await probe.user();
      const started = await me.call('POST', `${BASE}/oauth/start`);
      const { state } = started.body as { state: string };
      const { verifier } = probe.discogs.oauth.decide(requestTokenOf(started.body), 'Alice');
      key.isEnabled = false;
      const away = await me.call('POST', `${BASE}/oauth/callback`, { state, code: verifier });
      expect([away.status, away.headers.get('retry-after')]).toEqual([503, '300']);
      key.isEnabled = true;

      expect((await me.call('POST', `${BASE}/oauth/callback`, { state, code: verifier })).status).toBe(200);
      key.isEnabled = false;
      expect((await me.call('POST', `${BASE}/disconnect`)).body).toMatchObject({ disconnected: true });
    });
    await kms.stop();
  });

  it('counts its requests in its own scopes', async () => {
    const env = {
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_DISCOGS_RPM: '3',
      RATE_LIMIT_DISCOGS_BURST: '0',
      RATE_LIMIT_AUTH_ENDPOINT_RPM: '1',
      RATE_LIMIT_AUTH_ENDPOINT_BURST: '0',
    };
    await withProbe(env, async (probe) => {
      const me = await probe.user();
      expect((await me.call('POST', `${BASE}/oauth/start`)).status).toBe(200);
      const answers = [await me.call('POST', `${BASE}/oauth/start`), await me.call('GET', `${BASE}/status`)];

      expect(answers.map(({ status, body }) => [status, body])).toEqual([
        [
          429,
          {
            error: expect.objectContaining({
              details: expect.objectContaining({ scope: 'auth_endpoints' }) as unknown,
            }) as unknown,
          },
        ],
        [
          429,
          {
            error: expect.objectContaining({
              details: expect.objectContaining({ scope: 'discogs' }) as unknown,
            }) as unknown,
          },
        ],
      ]);
    });
  });
});
