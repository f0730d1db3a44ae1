import { formatEnvelope, parseEnvelope, type SecretContext } from './envelope';
import { KeysUnavailableError, UnusableSecretError } from './errors';
import { LocalKeyRing } from './local-key-ring';
import { TokenCrypto } from './token-crypto';

const KEY = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const ALICE: SecretContext = { userId: 'alice', provider: 'discogs', field: 'access_token' };
const withKeys = (text: string): TokenCrypto => new TokenCrypto([new LocalKeyRing(text)]);

describe('token encryption with local keys', () => {
  it('reads back what it wrote, differently each time', async () => {
    const crypto = withKeys(KEY(1));
    const [one, two] = [await crypto.encrypt('a-tökén', ALICE), await crypto.encrypt('a-tökén', ALICE)];

    expect(one).not.toBe(two);
    expect(await crypto.decrypt(one, ALICE)).toBe('a-tökén');
  });

  it.each([{ userId: 'bob' }, { provider: 'ebay' }, { field: 'refresh_token' }])(
    'refuses a ciphertext that was moved to %j',
    async (other) => {
      const crypto = withKeys(KEY(1));
      const stored = await crypto.encrypt('a-token', ALICE);

      await expect(crypto.decrypt(stored, { ...ALICE, ...other })).rejects.toThrow(UnusableSecretError);
    },
  );

  it('does not mix up contexts whose parts run together', async () => {
    const crypto = withKeys(KEY(1));
    const stored = await crypto.encrypt('a-token', { userId: 'a', provider: 'b","c', field: 'd' });

    await expect(crypto.decrypt(stored, { userId: 'a","b', provider: 'c', field: 'd' })).rejects.toThrow(
      UnusableSecretError,
    );
  });

  it('encrypts what looks like a ciphertext as it does anything else', async () => {
    const crypto = withKeys(KEY(1));
    const stored = await crypto.encrypt('a-token', ALICE);
    const again = await crypto.encrypt(stored, ALICE);

    expect(again).not.toBe(stored);
    expect(await crypto.decrypt(again, ALICE)).toBe(stored);
  });

  it('encrypts with the first key and decrypts with all of them', async () => {
    const old = await withKeys(`2025=${KEY(1)}`).encrypt('a-token', ALICE);
    const rotated = withKeys(`arn:like:id=${KEY(2)}\n2025=${KEY(1)}`);

    expect(await rotated.decrypt(old, ALICE)).toBe('a-token');
    const renewed = await rotated.encrypt('a-token', ALICE);
    expect(parseEnvelope(renewed).keyId).toBe('local:arn:like:id');
    expect(await withKeys(`arn:like:id=${KEY(2)}`).decrypt(renewed, ALICE)).toBe('a-token');
  });

  it('keeps a secret whose key has left the ring for later', async () => {
    const old = await withKeys(`2025=${KEY(1)}`).encrypt('a-token', ALICE);

    await expect(withKeys(`2026=${KEY(2)}`).decrypt(old, ALICE)).rejects.toThrow(KeysUnavailableError);
  });

  it.each([
    '',
    'plain',
    'enc:v1:local-dev:gAAAA',
    'enc:v2:a:b:c',
    'enc:v2:a:b:c:d:e',
    'enc:v2::::',
    'enc:v2:a:b:!:d',
  ])('refuses %j', async (stored) => {
    await expect(withKeys(KEY(1)).decrypt(stored, ALICE)).rejects.toThrow(UnusableSecretError);
  });

  it('refuses an envelope in which a bit has changed', async () => {
    const crypto = withKeys(KEY(1));
    const envelope = parseEnvelope(await crypto.encrypt('a-token', ALICE));
    for (const part of ['wrappedKey', 'iv', 'sealed'] as const) {
      const changed = Buffer.from(envelope[part]);
      changed.writeUInt8(changed.readUInt8(0) ^ 1, 0);
      const stored = formatEnvelope({ ...envelope, [part]: changed });

      await expect(crypto.decrypt(stored, ALICE)).rejects.toThrow(UnusableSecretError);
    }
  });

  it.each(['', 'short', `a=${KEY(1)},a=${KEY(2)}`, `${KEY(1)},garbage`])('takes no ring from %j', (text) => {
    expect(() => new LocalKeyRing(text)).toThrow(/must/);
  });

  it('reads keys in base64url, and a file with comments', async () => {
    const text = `# newest first\n2026=${Buffer.alloc(32, 255).toString('base64url')}\n\n`;

    expect(await withKeys(text).encrypt('a-token', ALICE)).toMatch(/^enc:v2:/);
  });

  it('says that it is not configured, with 503', async () => {
    await expect(new TokenCrypto([]).encrypt('a-token', ALICE)).rejects.toMatchObject({
      code: 'unavailable',
      message: 'token encryption is not configured',
    });
  });
});
