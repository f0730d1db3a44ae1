import { Logger } from '@nestjs/common';
import { KmsSimulator, type SimulatedKey } from '../../../../test/simulators/kms/kms-simulator';
import type { SecretContext } from './envelope';
import { KeysUnavailableError, UnusableSecretError } from './errors';
import { KmsKeySource } from './kms-key-source';
import { LocalKeyRing } from './local-key-ring';
import { TokenCrypto } from './token-crypto';

const ALICE: SecretContext = { userId: 'alice', provider: 'discogs', field: 'access_token' };

describe('token encryption with AWS KMS', () => {
  const kms = new KmsSimulator();
  let endpoint: string;
  let key: SimulatedKey;
  let sources: KmsKeySource[] = [];
  let nowMs = 0;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    // The SDK reads its credentials from the environment.
    process.env.AWS_ACCESS_KEY_ID = 'sim-access-key';
    process.env.AWS_SECRET_ACCESS_KEY = 'sim-secret-key';
    endpoint = await kms.start();
  });
  beforeEach(() => {
    kms.reset();
    key = kms.addKey();
  });
  afterEach(async () => {
    for (const source of sources) await source.close();
    sources = [];
  });
  afterAll(async () => await kms.stop());

  function aCrypto(keyId = key.arn): TokenCrypto {
    const source = new KmsKeySource({ keyId, endpoint, app: 'waxwatch', now: () => nowMs });
    sources.push(source);
    return new TokenCrypto([source]);
  }
  const failure = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      () => 'no failure',
      (error: unknown) => error,
    );

  it('reads back what it wrote, under an ARN with its colons, in another process too', async () => {
    const stored = await aCrypto().encrypt('a-token', ALICE);

    expect(stored).toMatch(/^enc:v2:[\w-]+:[\w-]+:[\w-]+:[\w-]+$/);
    expect(await aCrypto().decrypt(stored, ALICE)).toBe('a-token');
    const [generate, decrypt] = kms
      .requests()
      .map((entry) => JSON.parse(entry.body) as Record<string, unknown>);
    const context = { app: 'waxwatch', user_id: 'alice', provider: 'discogs', field: 'access_token' };
    expect(generate).toEqual({ KeyId: key.arn, KeySpec: 'AES_256', EncryptionContext: context });
    expect(decrypt).toMatchObject({ KeyId: key.arn, EncryptionContext: context });
    expect(kms.requests().every((entry) => !entry.body.includes('a-token'))).toBe(true);
  });

  it.each([{ userId: 'bob' }, { provider: 'ebay' }, { field: 'refresh_token' }])(
    'refuses a ciphertext that was moved to %j, for good',
    async (other) => {
      const stored = await aCrypto().encrypt('a-token', ALICE);

      expect(await failure(aCrypto().decrypt(stored, { ...ALICE, ...other }))).toBeInstanceOf(
        UnusableSecretError,
      );
    },
  );

  it('asks once for five minutes, however many ask at the same time', async () => {
    const crypto = aCrypto();
    const stored = await Promise.all(
      ['a', 'b', 'c'].map(async (token) => await crypto.encrypt(token, ALICE)),
    );
    expect(kms.requests()).toHaveLength(1);
    const reader = aCrypto();
    for (const text of stored) await reader.decrypt(text, ALICE);
    expect(kms.requests()).toHaveLength(2);
    nowMs += 5 * 60_000;
    await reader.decrypt(stored[0] ?? '', ALICE);
    expect(kms.requests()).toHaveLength(3);
  });

  it('decrypts what an older key encrypted', async () => {
    const stored = await aCrypto().encrypt('a-token', ALICE);
    const newer = kms.addKey();

    expect(await aCrypto(newer.arn).decrypt(stored, ALICE)).toBe('a-token');
  });

  it.each([
    ['throttled', { kind: 'status', status: 400, body: { __type: 'ThrottlingException' }, times: 9 }, 5],
    ['failing', { kind: 'status', status: 500, body: { __type: 'KMSInternalException' }, times: 9 }, 30],
    ['unreachable', { kind: 'reset', times: 9 }, 30],
    ['talking HTML', { kind: 'html', status: 503, times: 9 }, 30],
    ['not ours to use', { kind: 'status', status: 400, body: { __type: 'AccessDeniedException' } }, 300],
  ] as const)('says for how long to wait while the key service is %s', async (_name, fault, seconds) => {
    kms.inject(fault);
    const error = await failure(aCrypto().encrypt('a-token', ALICE));

    expect(error).toBeInstanceOf(KeysUnavailableError);
    expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: seconds });
  });

  it('retries a single throttled call by itself, and does not keep a failure', async () => {
    const crypto = aCrypto();
    kms.inject({ kind: 'status', status: 400, body: { __type: 'ThrottlingException' } });
    expect(await crypto.encrypt('a-token', ALICE)).toMatch(/^enc:v2:/);
    key.isEnabled = false;
    const other = { ...ALICE, userId: 'bob' };
    expect(await failure(crypto.encrypt('b-token', other))).toMatchObject({ retryAfterSeconds: 300 });
    key.isEnabled = true;
    expect(await crypto.encrypt('b-token', other)).toMatch(/^enc:v2:/);
  });

  it('keeps secrets of a disabled key for later', async () => {
    const stored = await aCrypto().encrypt('a-token', ALICE);
    key.isEnabled = false;
    expect(await failure(aCrypto().decrypt(stored, ALICE))).toBeInstanceOf(KeysUnavailableError);
    key.isEnabled = true;
    expect(await aCrypto().decrypt(stored, ALICE)).toBe('a-token');
  });

  it('moves from local keys to KMS: the old ones decrypt, KMS encrypts', async () => {
    const ring = new LocalKeyRing(Buffer.alloc(32, 7).toString('base64'));
    const old = await new TokenCrypto([ring]).encrypt('a-token', ALICE);
    const source = new KmsKeySource({
      keyId: key.id,
      region: 'eu-central-1',
      endpoint,
      app: 'waxwatch',
      now: () => 0,
    });
    sources.push(source);
    const both = new TokenCrypto([source, ring]);

    expect(await both.decrypt(old, ALICE)).toBe('a-token');
    expect(await both.encrypt('b-token', ALICE)).toContain(
      Buffer.from('kms:').toString('base64url').slice(0, 4),
    );
  });
});
