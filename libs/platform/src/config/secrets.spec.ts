import { envSchema } from './env.schema';
import { secretsIn } from './secrets';

const BASE = { ENVIRONMENT: 'test', QUEUE_EAGER: 'true', DATABASE_URL: 'postgresql://wax@db/wax_test' };
const secretsOf = (env: Record<string, string>): string[] => secretsIn(envSchema.parse({ ...BASE, ...env }));

/** By their names; a new one of these must be known as a secret. */
const SOUNDS_SECRET = /(TOKEN|SECRET|PASSWORD|PRIVATE_KEY|LOCAL_KEY|ANON_KEY|DSN|_HEADERS)$/;

describe('secretsIn', () => {
  it.each(
    Object.keys(envSchema.shape).filter((name) => SOUNDS_SECRET.test(name) && !name.startsWith('CORS_')),
  )('knows %s', (name) => {
    const value = name === 'SENTRY_DSN' ? 'https://abcdef0123456789@sentry.example/7' : `a=${'b'.repeat(40)}`;

    expect(secretsOf({ [name]: value })).toContain(value);
  });

  it('takes lists apart', () => {
    const [first, second] = ['1'.repeat(32), '2'.repeat(32)];

    expect(secretsOf({ SESSION_SECRET: `${first}, ${second}` })).toEqual(
      expect.arrayContaining([first, second]),
    );
  });

  it('takes passwords out of addresses, as written and as meant', () => {
    const secrets = secretsOf({
      DATABASE_URL: 'postgresql://wax:h%40nter-two@db/wax_test',
      REDIS_URL: 'redis://:cachehush@cache:6379',
    });

    expect(secrets).toEqual(expect.arrayContaining(['h%40nter-two', 'h@nter-two', 'cachehush']));
  });

  it('finds none where there is none', () => {
    expect(secretsOf({})).toEqual([]);
  });
});
