import { ConfigError, parseConfig, QUEUE_NAMES } from './app-config';

const development = {
  ENVIRONMENT: 'dev',
  DATABASE_URL: 'postgresql://localhost/wax',
  REDIS_URL: 'redis://localhost:6379/0',
  AUTH_ISSUER: 'http://localhost:9999/auth/v1',
};
const production = { ...development, ENVIRONMENT: 'prod', AUTH_ISSUER: 'https://issuer.example/auth/v1' };

const parse = (changes: Record<string, string | undefined> = {}) =>
  parseConfig({ ...development, ...changes });

/** The problems of a configuration; none if it is good. */
function problemsOf(source: Record<string, string | undefined>): readonly string[] {
  try {
    parseConfig(source);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
const problemsWith = (changes: Record<string, string | undefined>) =>
  problemsOf({ ...development, ...changes });

describe('parseConfig', () => {
  it('needs three variables in development, and an issuer for bearer tokens', () => {
    expect(parse()).toMatchObject({
      environment: 'dev',
      PORT: 8000,
      QUEUE_EAGER: false,
      AUTH_AUDIENCE: 'authenticated',
    });
  });

  it('says what is missing, one line each', () => {
    expect(problemsOf({})).toEqual(['DATABASE_URL: is required']);
    expect(problemsOf({ DATABASE_URL: development.DATABASE_URL })).toEqual([
      'REDIS_URL: is required',
      'AUTH_ISSUER: is required, or SUPABASE_URL, or SESSION_SECRET for accounts of our own',
    ]);
  });

  it('takes a blank value for none, as compose files write it', () => {
    expect(problemsWith({ DATABASE_URL: '  ' })).toEqual(['DATABASE_URL: is required']);
    expect(parse({ PORT: '', METRICS_TOKEN: ' ', CORS_ALLOWED_ORIGINS: '' })).toMatchObject({
      PORT: 8000,
      METRICS_TOKEN: undefined,
      CORS_ALLOWED_ORIGINS: [],
    });
  });

  it('reads names in any case and leaves unknown ones alone', () => {
    expect(parse({ port: '9000', Log_Level: 'DEBUG', UNHEARD_OF: 'x' })).toMatchObject({
      PORT: 9000,
      LOG_LEVEL: 'debug',
    });
    expect(parse({ UNHEARD_OF: 'x' })).not.toHaveProperty('UNHEARD_OF');
  });

  it('names every bad variable at once, and never a value', () => {
    const problems = problemsWith({
      DATABASE_URL: 'mysql://root:hunter2@db/wax',
      PORT: '8000; rm',
      LOG_LEVEL: 'hunter2',
      JSON_LOGS: 'hunter2',
      DISCOGS_TOKEN: '<hunter2>',
    });

    expect([...problems].sort()).toEqual([
      'DATABASE_URL: must be a postgresql:// URL',
      'DISCOGS_TOKEN: still holds a placeholder',
      'JSON_LOGS: must be true or false',
      'LOG_LEVEL: must be one of fatal, error, warn, info, debug, trace, silent',
      'PORT: must be a number',
    ]);
    expect(problems.join()).not.toMatch(/hunter2|rm/);
  });

  it('is an error whose message is its lines', () => {
    expect(() => parse({ PORT: 'x', WORKER_PORT: 'y' })).toThrow(
      new ConfigError(['PORT: must be a number', 'WORKER_PORT: must be a number']),
    );
  });
});

describe('numbers', () => {
  it.each([
    ['PORT', '65536', 'PORT: must lie between 0 and 65535'],
    ['PORT', '-1', 'PORT: must lie between 0 and 65535'],
    ['PORT', '80.5', 'PORT: must be a whole number'],
    ['PORT', '0x50', 'PORT: must be a number'],
    ['PORT', '1e3', 'PORT: must be a number'],
    ['PORT', 'NaN', 'PORT: must be a number'],
    ['DB_POOL_SIZE', '0', 'DB_POOL_SIZE: must lie between 1 and 500'],
    ['WORKER_CONCURRENCY_POLLS', '0', 'WORKER_CONCURRENCY_POLLS: must lie between 1 and 100'],
    ['PROVIDER_INTERACTIVE_SHARE', '0.91', 'PROVIDER_INTERACTIVE_SHARE: must lie between 0 and 0.9'],
  ])('refuses %s=%s', (name, value, problem) => {
    expect(problemsWith({ [name]: value })).toEqual([problem]);
  });

  it('takes what lies on the bounds, and spaces around it', () => {
    expect(parse({ PORT: ' 0 ', WORKER_PORT: '65535', SWEEP_INTERVAL_SECONDS: '0.5' })).toMatchObject({
      PORT: 0,
      WORKER_PORT: 65_535,
      SWEEP_INTERVAL_SECONDS: 0.5,
    });
  });
});

describe('switches', () => {
  it.each(['1', 'true', 'TRUE', 'yes', ' on '])('takes %j for true', (value) => {
    expect(parse({ DB_PGBOUNCER: value }).DB_PGBOUNCER).toBe(true);
  });

  it.each(['0', 'false', 'No', 'off'])('takes %j for false', (value) => {
    expect(parse({ RATE_LIMIT_ENABLED: value }).RATE_LIMIT_ENABLED).toBe(false);
  });

  it('refuses anything else', () => {
    expect(problemsWith({ DB_PGBOUNCER: 'maybe' })).toEqual(['DB_PGBOUNCER: must be true or false']);
  });
});

describe('lists', () => {
  it.each([
    ['https://a.example,https://b.example', ['https://a.example', 'https://b.example']],
    [' https://a.example , , ', ['https://a.example']],
    ['["https://a.example", "https://b.example"]', ['https://a.example', 'https://b.example']],
    ['[]', []],
  ])('reads %j', (text, items) => {
    expect(parse({ CORS_ALLOWED_ORIGINS: text }).CORS_ALLOWED_ORIGINS).toEqual(items);
  });

  it.each(['["a"', '[1]', '[["a"]]'])('refuses %j', (text) => {
    expect(problemsWith({ CORS_ALLOWED_ORIGINS: text })).toEqual([
      'CORS_ALLOWED_ORIGINS: must be a comma-separated list or a JSON array of strings',
    ]);
  });
});

describe('addresses', () => {
  it.each([
    'postgres://localhost/wax',
    'postgresql://user:secret@db.example:5432/wax?sslmode=require',
    ' postgresql://localhost/wax ',
  ])('takes %j for a database', (url) => {
    expect(parse({ DATABASE_URL: url }).DATABASE_URL).toBe(url.trim());
  });

  it('takes the spelling of other stacks as well', () => {
    expect(parse({ DATABASE_URL: 'postgresql+psycopg://db/wax' }).DATABASE_URL).toBe('postgresql://db/wax');
  });

  it.each(['localhost/wax', 'sqlite:///wax.db', 'https://db/wax'])('refuses %j for a database', (url) => {
    expect(problemsWith({ DATABASE_URL: url })).toEqual(['DATABASE_URL: must be a postgresql:// URL']);
  });

  it('takes redis:// and rediss:// only', () => {
    expect(parse({ REDIS_URL: 'rediss://cache.example:6380/1' }).REDIS_URL).toBe(
      'rediss://cache.example:6380/1',
    );
    expect(problemsWith({ REDIS_URL: 'http://cache.example' })).toEqual([
      'REDIS_URL: must be a redis:// or rediss:// URL',
    ]);
  });

  it('takes http(s) for remote services, and drops the slash at the end', () => {
    expect(parse({ EBAY_API_BASE_URL: 'http://127.0.0.1:9/' }).EBAY_API_BASE_URL).toBe('http://127.0.0.1:9');
    expect(problemsWith({ EBAY_API_BASE_URL: 'ftp://api.example' })).toEqual([
      'EBAY_API_BASE_URL: must be an http(s) URL',
    ]);
  });
});

describe('placeholders', () => {
  it.each([
    'changeme',
    'CHANGE_ME',
    'change-me-please',
    'your-token',
    '<token>',
    '...',
    'todo',
    'xxxx',
    'placeholder',
    'replace_me',
  ])('refuses %j for a secret', (value) => {
    expect(problemsWith({ DISCOGS_TOKEN: value })).toEqual(['DISCOGS_TOKEN: still holds a placeholder']);
  });

  it.each(['yours', 'xx', 'todomvc', 'a<b>c'])('takes %j, which only looks like one', (value) => {
    expect(parse({ DISCOGS_TOKEN: value }).DISCOGS_TOKEN).toBe(value);
  });
});

describe('the environment', () => {
  it.each(['dev', 'test', 'local', 'DEV', ' Local '])('is a development one when %j', (ENVIRONMENT) => {
    expect(parse({ ENVIRONMENT })).toMatchObject({
      environment: ENVIRONMENT.trim().toLowerCase(),
      isProductionLike: false,
    });
  });

  it.each(['prod', 'production', 'staging', 'development', 'qa', '', undefined])(
    'is like production when %j',
    (ENVIRONMENT) => {
      expect(parseConfig({ ...production, ENVIRONMENT }).isProductionLike).toBe(true);
    },
  );

  it('wants https from every remote service where it is like production', () => {
    const plain = 'http://plain.example';
    const names = [
      'AUTH_ISSUER',
      'AUTH_JWKS_URL',
      'DISCOGS_API_BASE_URL',
      'EBAY_API_BASE_URL',
      'DISCOGS_AUTHORIZE_URL',
      'DISCOGS_OAUTH_REDIRECT_URI',
      'KMS_ENDPOINT_URL',
    ];

    for (const name of names) {
      expect(problemsOf({ ...production, AUTH_JWKS_URL: 'https://keys.example', [name]: plain })).toEqual([
        `${name}: must use https in production-like environments`,
      ]);
      expect(problemsWith({ [name]: plain })).toEqual([]);
    }
  });

  it('counts an address that follows from another one', () => {
    expect(problemsOf({ ...production, AUTH_ISSUER: 'http://issuer.example' })).toEqual([
      'AUTH_ISSUER: must use https in production-like environments',
      'AUTH_JWKS_URL: must use https in production-like environments',
    ]);
  });
});

describe('the issuer', () => {
  it('says where its keys are', () => {
    expect(parse({ AUTH_ISSUER: 'https://issuer.example/' }).auth).toEqual({
      issuer: 'https://issuer.example/',
      jwksUrl: 'https://issuer.example/.well-known/jwks.json',
    });
    expect(parse({ AUTH_JWKS_URL: 'https://keys.example/set' }).auth.jwksUrl).toBe(
      'https://keys.example/set',
    );
  });

  it('follows from the address of a Supabase project, unless it is named', () => {
    const SUPABASE_URL = 'https://project.supabase.example/';

    expect(parse({ SUPABASE_URL, AUTH_ISSUER: undefined }).auth).toEqual({
      issuer: 'https://project.supabase.example/auth/v1',
      jwksUrl: 'https://project.supabase.example/auth/v1/.well-known/jwks.json',
    });
    expect(parse({ SUPABASE_URL }).auth.issuer).toBe(development.AUTH_ISSUER);
  });

  it.each(['HS256', 'none', 'RS256,HS256', 'RS1'])('does not sign with %s', (AUTH_JWT_ALGORITHMS) => {
    expect(problemsWith({ AUTH_JWT_ALGORITHMS })).toEqual([
      'AUTH_JWT_ALGORITHMS: only RS*, PS* and ES* are accepted',
    ]);
  });

  it('signs with what it is told to', () => {
    expect(parse({ AUTH_JWT_ALGORITHMS: '["ES384", "PS512"]' }).AUTH_JWT_ALGORITHMS).toEqual([
      'ES384',
      'PS512',
    ]);
  });
});

describe('signing in with a password', () => {
  const secret = 'a'.repeat(32);
  const supabase = {
    AUTH_ISSUER: undefined,
    SUPABASE_URL: 'https://x.supabase.example',
    SUPABASE_ANON_KEY: 'k',
  };
  const noKey = 'is required to keep the refresh tokens of Supabase';

  it.each([
    ['nobody where only an issuer is known', {}, 'none'],
    ['ourselves without an issuer', { AUTH_ISSUER: undefined }, 'local'],
    ['ourselves where we are told so', { LOCAL_ACCOUNTS: 'true' }, 'local'],
    ['Supabase where we have its key', { ...supabase, TOKEN_CRYPTO_LOCAL_KEY_PATH: '/k' }, 'supabase'],
    ['nobody without its key', { ...supabase, SUPABASE_ANON_KEY: undefined }, 'none'],
  ])('is checked by %s', (_name, changes, expected) => {
    expect(parse(changes).passwordSignIn).toBe(expected);
  });

  it('needs a secret for cookies where it is like production', () => {
    const local = { ...production, LOCAL_ACCOUNTS: 'true' };

    expect(problemsOf(local)).toEqual(['SESSION_SECRET: is required for signing in with a password']);
    expect(problemsOf({ ...local, SESSION_SECRET: secret })).toEqual([]);
    expect(problemsOf({ ...local, AUTH_ISSUER: undefined, SESSION_SECRET: secret })).toEqual([]);
  });

  it('needs long secrets, each of them', () => {
    expect(problemsWith({ SESSION_SECRET: `${secret}, short` })).toEqual([
      'SESSION_SECRET: each secret must have at least 32 characters',
    ]);
    expect(problemsWith({ SESSION_SECRET: `${secret}, ${secret}x` })).toEqual([]);
  });

  it('at Supabase needs a key for the refresh tokens', () => {
    const inProduction = { ...production, ...supabase, SESSION_SECRET: secret };

    expect(problemsWith(supabase)).toEqual([`TOKEN_CRYPTO_LOCAL_KEY: ${noKey}`]);
    expect(problemsOf({ ...inProduction, TOKEN_CRYPTO_LOCAL_KEY: 'k' })).toEqual([
      `TOKEN_CRYPTO_KMS_KEY_ID: ${noKey}`,
    ]);
    expect(problemsOf({ ...inProduction, TOKEN_CRYPTO_KMS_KEY_ID: 'k' })).toEqual([]);
    expect(problemsWith({ SUPABASE_ANON_KEY: 'k' })).toEqual(['SUPABASE_ANON_KEY: needs SUPABASE_URL']);
  });
});

describe('where errors are reported', () => {
  it('takes the DSN of a project, at Sentry or elsewhere', () => {
    for (const SENTRY_DSN of [
      'https://a1b2@o1.ingest.sentry.io/42',
      'http://a1b2:c3@sentry.local:9000/sub/7',
      ' ',
    ])
      expect(problemsWith({ SENTRY_DSN })).toEqual([]);
  });

  it.each(['https://sentry.io/42', 'https://key@sentry.io', 'https://key@sentry.io/x', 'key@sentry.io/1'])(
    'refuses %s without repeating it',
    (SENTRY_DSN) => {
      expect(problemsWith({ SENTRY_DSN })).toEqual(['SENTRY_DSN: must be a DSN such as https://key@host/1']);
    },
  );

  it('wants https in production', () => {
    expect(problemsOf({ ...production, SENTRY_DSN: 'http://a1b2@sentry.local/7' })).toEqual([
      'SENTRY_DSN: must use https in production-like environments',
    ]);
  });
});

describe('what depends on Redis', () => {
  it('does without it where the queue runs in-process', () => {
    expect(problemsWith({ REDIS_URL: undefined, QUEUE_EAGER: 'true' })).toEqual([]);
    expect(problemsWith({ REDIS_URL: undefined })).toEqual([
      'REDIS_URL: is required unless QUEUE_EAGER=true',
    ]);
  });

  it.each(['production', 'staging', undefined])(
    'has no in-process queue with ENVIRONMENT=%s',
    (ENVIRONMENT) => {
      for (const REDIS_URL of [production.REDIS_URL, undefined]) {
        expect(problemsOf({ ...production, ENVIRONMENT, REDIS_URL, QUEUE_EAGER: 'true' })).toEqual([
          'QUEUE_EAGER: must not be true in production-like environments, where API and worker are processes apart',
        ]);
      }
    },
  );

  it('needs it to count requests over all processes', () => {
    expect(problemsWith({ REDIS_URL: undefined, QUEUE_EAGER: 'true', RATE_LIMIT_STORE: 'redis' })).toEqual([
      'RATE_LIMIT_STORE: redis needs REDIS_URL',
    ]);
  });
});

describe('several API processes on one port', () => {
  const several = { WEB_CONCURRENCY: '4', RATE_LIMIT_STORE: 'redis' };

  it('are wanted by number, and none but one unless told so', () => {
    expect(parse().WEB_CONCURRENCY).toBe(1);
    expect(parse(several).WEB_CONCURRENCY).toBe(4);
    expect(problemsWith({ WEB_CONCURRENCY: '0' })).toEqual(['WEB_CONCURRENCY: must lie between 1 and 64']);
  });

  it('count requests together or not at all', () => {
    expect(problemsWith({ ...several, RATE_LIMIT_STORE: 'memory' })).toEqual([
      'WEB_CONCURRENCY: more than 1 needs RATE_LIMIT_STORE=redis, or each process counts alone',
    ]);
    expect(problemsWith({ WEB_CONCURRENCY: '4', RATE_LIMIT_ENABLED: 'false' })).toEqual([]);
  });

  it('need a queue outside of themselves', () => {
    expect(problemsWith({ ...several, QUEUE_EAGER: 'true' })).toEqual([
      'WEB_CONCURRENCY: must be 1 with QUEUE_EAGER=true, which is for a single process',
    ]);
  });

  it('share what one instance may open to the database', () => {
    expect(problemsWith({ ...several, DB_POOL_SIZE: '125' })).toEqual([]);
    expect(problemsWith({ ...several, DB_POOL_SIZE: '126' })).toEqual([
      'WEB_CONCURRENCY: times DB_POOL_SIZE must not exceed 500 connections',
    ]);
  });
});

describe('cross-origin rules', () => {
  it.each(['CORS_ALLOWED_ORIGINS', 'CORS_ALLOWED_METHODS', 'CORS_ALLOWED_HEADERS'])(
    'refuses * in %s together with credentials',
    (name) => {
      expect(problemsWith({ [name]: 'a,*', CORS_ALLOW_CREDENTIALS: 'true' })).toEqual([
        `${name}: must not be * when CORS_ALLOW_CREDENTIALS=true`,
      ]);
      expect(problemsWith({ [name]: '*' })).toEqual([]);
    },
  );
});

describe('queues', () => {
  it('are all served with the common concurrency', () => {
    expect(parse({ WORKER_CONCURRENCY: '3' }).concurrency).toEqual(
      Object.fromEntries(QUEUE_NAMES.map((name) => [name, 3])),
    );
  });

  it('may be named, each with its own concurrency', () => {
    expect(parse({ WORKER_QUEUES: 'deliveries,polls', WORKER_CONCURRENCY_POLLS: '9' }).concurrency).toEqual({
      deliveries: 4,
      polls: 9,
    });
  });

  it('are refused when there are none of that name', () => {
    expect(problemsWith({ WORKER_QUEUES: 'polls,mails' })).toEqual([
      'WORKER_QUEUES: must name queues among polls, deliveries, imports, backfills, maintenance',
    ]);
  });
});

describe('request limits', () => {
  it('are the rate and the burst together', () => {
    const { rateLimits } = parse({ RATE_LIMIT_SEARCH_RPM: '7', RATE_LIMIT_SEARCH_BURST: '2' });

    expect(rateLimits).toMatchObject({ search: 9, global_authenticated: 150, global_anonymous: 70 });
  });
});

describe('who carries e-mails', () => {
  const name = 'NOTIFICATION_EMAIL_PROVIDER';
  const mail = {
    SES_SENDER_EMAIL: 'alerts@wax.example.net.test',
    PUBLIC_BASE_URL: 'https://wax.test',
    NOTIFICATION_LINK_SECRET: 'l'.repeat(32),
  };

  it('is the stub where nobody is named, and nobody in production', () => {
    expect(parse({}).emailProvider).toBe('stub');
    expect(parseConfig(production).emailProvider).toBe('none');
  });

  it.each(['none', 'stub', 'ses', 'smtp'])('may be %s', (provider) => {
    expect(parse({ [name]: provider, SMTP_URL: 'smtp://mail.test' }).emailProvider).toBe(provider);
  });

  it.each(['sendmail', 'sess', 'SES, SMTP'])('is nobody called %s, anywhere', (provider) => {
    for (const environment of [development, production]) {
      const problems = problemsOf({ ...environment, ...mail, [name]: provider });
      expect(problems).toEqual([expect.stringMatching(/^NOTIFICATION_EMAIL_PROVIDER: must be one of/)]);
    }
  });

  it.each(['prod', 'production', 'staging', undefined])(
    'is no stub where it is like production: %j',
    (at) => {
      expect(problemsOf({ ...production, ...mail, ENVIRONMENT: at, [name]: 'stub' })).toEqual([
        'NOTIFICATION_EMAIL_PROVIDER: must not be stub in production-like environments',
      ]);
    },
  );

  it('has a sender and links of ours in production', () => {
    expect(problemsOf({ ...production, [name]: 'ses' })).toEqual([
      'SES_SENDER_EMAIL: is required for e-mails',
      'PUBLIC_BASE_URL: is required for the links in e-mails',
      'NOTIFICATION_LINK_SECRET: is required for the links in e-mails',
    ]);
    expect(problemsOf({ ...production, ...mail, [name]: 'ses' })).toEqual([]);
  });
});
