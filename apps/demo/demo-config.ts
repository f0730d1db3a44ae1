import { type AppConfig, ConfigError, parseConfig } from '@waxwatch/platform/config';
import { createHash } from 'node:crypto';
import { DemoError } from './demo-error';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A lively market and short intervals; each can be set otherwise in the environment. */
const DEFAULTS = {
  ENVIRONMENT: 'local',
  HOST: '127.0.0.1', // whoever reaches the port can sign in as the demo collector
  LOG_LEVEL: 'error',
  MOCK_SEED: 'waxwatch-demo',
  MOCK_PUBLISH_INTERVAL_SECONDS: '2',
  SCHEDULER_POLL_INTERVAL_SECONDS: '2',
  SCHEDULER_NEXT_RUN_JITTER_SECONDS: '2',
  SWEEP_INTERVAL_SECONDS: '5',
  PRICE_DROP_HOLD_HOURS: '0',
  RATE_LIMIT_GLOBAL_AUTHENTICATED_RPM: '1200', // the terminal and the page are the same user
  SHUTDOWN_DRAIN_SECONDS: '0',
  FX_REFRESH_ENABLED: 'false', // the demo calls nobody outside
};

/** What makes the demo a demo; never taken from the environment, where it may belong to something real. */
interface OwnSettings {
  databaseUrl: string;
  issuer: string;
}

const OWN_NAMES = [
  'DATABASE_URL',
  'REDIS_URL',
  'SUPABASE_URL',
  'SUPABASE_ANON_KEY',
  'AUTH_ISSUER',
  'AUTH_JWKS_URL',
  'AUTH_AUDIENCE',
];
const KNOWN_SOURCES = ['mock', 'ebay', 'discogs'];
const ALLOWED = ['dev', 'test', 'local'];

/** What seals channels, accounts and links: as old as the data, so that the next start can read them. */
function ownSecrets(databaseUrl: string): Record<string, string> {
  const { password } = new URL(databaseUrl);
  const secretFor = (use: string): string =>
    createHash('sha256').update(`waxwatch demo, ${use}: ${password}`).digest('base64');
  return { TOKEN_CRYPTO_LOCAL_KEY: secretFor('tokens'), SESSION_SECRET: secretFor('sessions') };
}

/** Where links in messages lead; a port that is yet to be found is none. */
function ownAddress(env: Environment): Record<string, string> {
  const { host, port } = demoAddress(env);
  if (port === 0) return {};
  return { PUBLIC_BASE_URL: `http://${['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host}:${port}` };
}

/** @throws DemoError outside dev, test and local */
export function refuseProduction(env: Environment): void {
  const environment = env.ENVIRONMENT?.trim() ?? '';
  if (environment === '' || ALLOWED.includes(environment.toLowerCase())) return;
  throw new DemoError(
    `the demo runs with ENVIRONMENT=${ALLOWED.join(', ')} or unset only, and it is set to something else`,
  );
}

/** The address that the demo will listen on. @throws DemoError when the port is none */
export function demoAddress(env: Environment): { host: string; port: number } {
  const text = (env.DEMO_PORT ?? env.PORT ?? '').trim() || '8000';
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new DemoError('DEMO_PORT or PORT must be a number from 0 to 65535');
  }
  return { host: env.HOST?.trim() ? env.HOST.trim() : DEFAULTS.HOST, port };
}

/** The marketplaces that the demo's rules name: its own mock, unless told otherwise. @throws DemoError for others */
export function demoSources(env: Environment): string[] {
  const sources = (env.DEMO_SOURCES ?? '').split(',').flatMap((name) => name.trim() || []);
  if (sources.some((name) => !KNOWN_SOURCES.includes(name))) {
    throw new DemoError(`DEMO_SOURCES must be some of ${KNOWN_SOURCES.join(', ')}`);
  }
  return sources.length === 0 ? ['mock'] : sources;
}

/** @throws DemoError with the first setting that cannot be used */
export function demoConfig(env: Environment, own: OwnSettings): AppConfig {
  const given = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value?.trim() && !OWN_NAMES.includes(name.toUpperCase())),
  );
  try {
    return parseConfig({
      ...DEFAULTS,
      ...ownSecrets(own.databaseUrl),
      ...ownAddress(env),
      ...given,
      PORT: String(demoAddress(env).port),
      QUEUE_EAGER: 'true',
      DATABASE_URL: own.databaseUrl,
      AUTH_ISSUER: own.issuer,
      LOCAL_ACCOUNTS: 'true',
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new DemoError(error.problems[0] ?? error.message, { cause: error });
  }
}
