import { Logger } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { LocalIssuer } from '../local-issuer/local-issuer';
import { JwksEndpoint } from './jwks-endpoint';
import { SigningKeys } from './signing-keys';

class HeldClock extends Clock {
  private at = Date.parse('2026-01-01T00:00:00Z');
  override now(): Date {
    return new Date(this.at);
  }
  pass(seconds: number): void {
    this.at += seconds * 1000;
  }
}

const DOWN = { status: 503, body: '' };
const HOUR = 3600;

describe('SigningKeys', () => {
  const issuer = new LocalIssuer({ environment: 'test' });
  let endpoint: JwksEndpoint;
  let clock: HeldClock;
  let keys: SigningKeys;

  const currentKid = (): string => String(issuer.keySet.keys[0]?.['kid']);
  const fetchesOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = issuer.fetches;
    await work();
    return issuer.fetches - before;
  };
  const findRepeatedly = async (kid: string, seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += 1) {
      await keys.find(kid).catch(() => undefined);
      clock.pass(1);
    }
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    await issuer.start();
  });
  beforeEach(() => {
    issuer.insteadOfKeys = null;
    clock = new HeldClock();
    endpoint = new JwksEndpoint({ auth: { issuer: issuer.issuer, jwksUrl: issuer.jwksUrl } });
    keys = new SigningKeys(
      { AUTH_JWKS_CACHE_TTL_SECONDS: 300, AUTH_JWKS_STALE_SECONDS: 24 * HOUR },
      endpoint,
      clock,
    );
  });
  afterEach(async () => await endpoint.onApplicationShutdown());
  afterAll(async () => await issuer.stop());

  it('keeps a set for its time and then fetches another', async () => {
    const kid = currentKid();
    expect(await fetchesOf(async () => await keys.find(kid))).toBe(1);
    clock.pass(300);
    expect(await fetchesOf(async () => await keys.find(kid))).toBe(0);
    clock.pass(1);
    expect(await fetchesOf(async () => await keys.find(kid))).toBe(1);
  });

  it('drops a key that is no longer published', async () => {
    const kid = currentKid();
    await keys.find(kid);
    issuer.rotateKeys();
    clock.pass(301);

    await expect(keys.find(kid)).rejects.toThrow('unknown token key id');
  });

  it('asks for unknown keys once in ten seconds, and finds a new one then', async () => {
    await keys.find(currentKid());
    expect(await fetchesOf(async () => await findRepeatedly('bogus', 10))).toBe(1);
    issuer.rotateKeys();

    expect((await keys.find(currentKid())).alg).toBe('RS256');
  });

  it('serves old keys through an outage of hours, asking once in ten seconds', async () => {
    const kid = currentKid();
    await keys.find(kid);
    issuer.insteadOfKeys = DOWN;
    clock.pass(20 * HOUR);

    expect(await fetchesOf(async () => await findRepeatedly(kid, 30))).toBe(3);
    await expect(keys.find(kid)).resolves.toBeDefined();
    clock.pass(5 * HOUR);
    await expect(keys.find(kid)).rejects.toThrow('unable to fetch jwks');
  });

  it('does not wait long for new keys while old ones will do', async () => {
    const kid = currentKid();
    await keys.find(kid);
    clock.pass(301);
    jest.spyOn(endpoint, 'fetch').mockReturnValue(new Promise(() => undefined));
    const startedAt = Date.now();

    await keys.find(kid);

    expect(Date.now() - startedAt).toBeLessThan(3000);
  });

  it('remembers for a second that there are no keys to be had', async () => {
    issuer.insteadOfKeys = DOWN;
    const find = async () => {
      await expect(keys.find(currentKid())).rejects.toThrow('unable to fetch jwks');
    };

    expect(await fetchesOf(async () => await Promise.all([find(), find(), find()]))).toBe(1);
    expect(await fetchesOf(find)).toBe(0);
    clock.pass(1);
    issuer.insteadOfKeys = null;
    await expect(keys.find(currentKid())).resolves.toBeDefined();
  });

  it('has no key for a token without key id', async () => {
    await expect(keys.find(undefined)).rejects.toThrow('unknown token key id');
  });
});
