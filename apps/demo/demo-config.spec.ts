import { demoAddress, demoConfig, demoSources, refuseProduction } from './demo-config';
import { DemoError } from './demo-error';

const OWN = {
  databaseUrl: 'postgres://waxwatch:kept@127.0.0.1:1/demo',
  issuer: 'http://127.0.0.1:2/auth/v1',
};

describe('the configuration of the demo', () => {
  it.each(['production', 'staging', 'prod'])('refuses ENVIRONMENT=%s', (environment) => {
    expect(() => refuseProduction({ ENVIRONMENT: environment })).toThrow(DemoError);
  });

  it.each([undefined, '', 'dev', 'Test', 'local'])('runs with ENVIRONMENT=%s', (environment) => {
    expect(() => refuseProduction({ ENVIRONMENT: environment })).not.toThrow();
  });

  it('needs no environment at all', () => {
    expect(demoConfig({}, OWN)).toMatchObject({
      environment: 'local',
      isProductionLike: false,
      HOST: '127.0.0.1',
      PORT: 8000,
      QUEUE_EAGER: true,
      DATABASE_URL: OWN.databaseUrl,
      auth: { issuer: OWN.issuer },
    });
  });

  it('lets the environment change its habits, but not lead it to something real', () => {
    const config = demoConfig(
      {
        PORT: '9000',
        DEMO_PORT: '9001',
        MOCK_PUBLISH_INTERVAL_SECONDS: '7',
        DATABASE_URL: 'postgres://real/db',
        REDIS_URL: 'redis://real',
        QUEUE_EAGER: 'false',
        AUTH_ISSUER: 'https://real.example',
        AUTH_JWKS_URL: 'https://real.example/keys',
      },
      OWN,
    );

    expect(config).toMatchObject({
      PORT: 9001,
      MOCK_PUBLISH_INTERVAL_SECONDS: 7,
      DATABASE_URL: OWN.databaseUrl,
      QUEUE_EAGER: true,
      auth: { issuer: OWN.issuer },
    });
    expect(config.REDIS_URL).toBeUndefined();
  });

  it('keeps secrets with its data, so that accounts and channels can be added and read at the next start', () => {
    const secretsOf = (databaseUrl: string) => {
      const { TOKEN_CRYPTO_LOCAL_KEY, SESSION_SECRET } = demoConfig({}, { ...OWN, databaseUrl });
      return { TOKEN_CRYPTO_LOCAL_KEY, SESSION_SECRET };
    };
    const first = secretsOf('postgres://waxwatch:kept@127.0.0.1:1/demo');

    expect(Buffer.from(first.TOKEN_CRYPTO_LOCAL_KEY ?? '', 'base64')).toHaveLength(32);
    expect(first.SESSION_SECRET).not.toBe(first.TOKEN_CRYPTO_LOCAL_KEY);
    expect(secretsOf('postgres://waxwatch:kept@127.0.0.1:2/demo')).toEqual(first);
    expect(secretsOf('postgres://waxwatch:other@127.0.0.1:1/demo')).not.toEqual(first);
  });

  it('knows its address, for the links in messages', () => {
    expect(demoConfig({ DEMO_PORT: '9001' }, OWN).PUBLIC_BASE_URL).toBe('http://127.0.0.1:9001');
    expect(demoConfig({ HOST: '0.0.0.0' }, OWN).PUBLIC_BASE_URL).toBe('http://127.0.0.1:8000');
    expect(demoConfig({ PUBLIC_BASE_URL: 'https://demo.example' }, OWN).PUBLIC_BASE_URL).toBe(
      'https://demo.example',
    );
    expect(demoConfig({ DEMO_PORT: '0' }, OWN).PUBLIC_BASE_URL).toBeUndefined();
  });

  it.each(['x', '65536', '-1', '80.5'])('refuses port %s', (port) => {
    expect(() => demoAddress({ DEMO_PORT: port })).toThrow(DemoError);
  });

  it('names the setting that cannot be used, in one line', () => {
    expect(() => demoConfig({ MOCK_PUBLISH_INTERVAL_SECONDS: 'soon' }, OWN)).toThrow(
      /^MOCK_PUBLISH_INTERVAL_SECONDS: [^\n]+$/,
    );
  });

  it('watches the mock marketplace unless told of others', () => {
    expect(demoSources({})).toEqual(['mock']);
    expect(demoSources({ DEMO_SOURCES: 'ebay, discogs' })).toEqual(['ebay', 'discogs']);
    expect(() => demoSources({ DEMO_SOURCES: 'ebay,flea-market' })).toThrow(DemoError);
  });
});
