import { createRemoteJWKSet, jwtVerify } from 'jose';
import { TestIssuer } from './tokens';

describe('TestIssuer', () => {
  let issuer: TestIssuer;
  beforeAll(async () => (issuer = await TestIssuer.start()));
  afterAll(async () => await issuer.stop());

  const verify = async (token: string) =>
    await jwtVerify(token, createRemoteJWKSet(new URL(issuer.jwksUrl)), {
      issuer: issuer.issuer,
      audience: 'authenticated',
    });

  it.each(['RS256', 'ES256'] as const)('signs %s tokens that its key set verifies', async (alg) => {
    const { payload, protectedHeader } = await verify(
      await issuer.issueToken({ alg, email: 'ada@example.org' }),
    );

    expect(protectedHeader.alg).toBe(alg);
    expect(payload).toMatchObject({ email: 'ada@example.org', aud: 'authenticated' });
  });

  it('makes tokens that must be refused', async () => {
    await expect(verify(await issuer.issueToken({ expiresIn: -60 }))).rejects.toThrow('exp');
    await expect(verify(await issuer.issueToken({ aud: undefined }))).rejects.toThrow('aud');
    await expect(verify(await issuer.issueToken({ kid: 'unknown' }))).rejects.toThrow('no applicable key');
  });

  it('takes old keys away', async () => {
    const token = await issuer.issueToken();
    await issuer.rotateKeys();

    await expect(verify(token)).rejects.toThrow('no applicable key');
  });
});
