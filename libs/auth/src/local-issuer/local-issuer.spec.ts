import { LocalIssuer } from './local-issuer';

describe('LocalIssuer', () => {
  it.each(['production', 'prod', 'staging', '', 'development'])('refuses to run in %p', (environment) => {
    expect(() => new LocalIssuer({ environment })).toThrow('production-like');
  });

  it('listens where it is told to', async () => {
    const issuer = new LocalIssuer({ environment: 'Dev' });
    const { issuer: url, jwksUrl } = await issuer.start(0, '/id');
    try {
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/id$/);
      expect(await (await fetch(jwksUrl)).json()).toEqual(issuer.keySet);
      expect((await fetch(url)).status).toBe(404);
    } finally {
      await issuer.stop();
    }
  });

  it('publishes no private key', () => {
    const { keySet } = new LocalIssuer({ environment: 'test' });

    expect(keySet.keys.flatMap((key) => Object.keys(key))).not.toContain('d');
  });
});
