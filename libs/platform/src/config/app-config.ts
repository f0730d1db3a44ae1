import { Inject } from '@nestjs/common';
import { type Env, envSchema } from './env.schema';
import { rateLimitsOf, type RateLimitScope } from './rate-limits';

/** Injection token of the parsed configuration. */
export const APP_CONFIG = Symbol('APP_CONFIG');
export const InjectConfig = (): ParameterDecorator => Inject(APP_CONFIG);

/** The queues that exist, in the order in which an operator reads them. */
export const QUEUE_NAMES = ['polls', 'deliveries', 'imports', 'backfills', 'maintenance'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];

/** Who checks passwords: our own accounts, the Supabase project, or nobody. */
export type PasswordSignIn = 'local' | 'supabase' | 'none';

/** Who carries e-mails; the stub only says that it would have. */
export type EmailProvider = 'none' | 'stub' | 'ses' | 'smtp';

/** What the process was told, parsed once at start. Names are those of the environment. */
export interface AppConfig extends Env {
  /** Lower-cased `ENVIRONMENT`. */
  environment: string;
  /** True for every value of `ENVIRONMENT` but dev, test and local. */
  isProductionLike: boolean;
  /** Without an issuer no bearer token counts. */
  auth: { issuer: string | undefined; jwksUrl: string | undefined };
  passwordSignIn: PasswordSignIn;
  /** Who carries e-mails: `NOTIFICATION_EMAIL_PROVIDER`, or else the stub, which production does not have. */
  emailProvider: EmailProvider;
  /** Handlers that run at once in one process, for each queue this process serves. */
  concurrency: Partial<Record<QueueName, number>>;
  /** Requests that each scope allows to one caller within any minute. */
  rateLimits: Record<RateLimitScope, number>;
}

/** The configuration is unusable; `problems` has one printable line for each, without any value. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

const DEVELOPMENT_ENVIRONMENTS = new Set(['dev', 'test', 'local']);

/**
 * Reads and checks the whole environment. Variable names are case-insensitive.
 * @throws ConfigError with one line per problem; values never appear in it.
 */
export function parseConfig(source: Readonly<Record<string, string | undefined>>): AppConfig {
  const upper = Object.fromEntries(
    Object.entries(source).map(([name, value]) => [name.toUpperCase(), value]),
  );
  const parsed = envSchema.safeParse(upper);
  if (!parsed.success) {
    // The first complaint about a variable is the plainest: a placeholder is no URL either.
    const problems = new Map<string, string>();
    for (const issue of parsed.error.issues) {
      const name = issue.path.join('.');
      const isMissing = issue.code === 'invalid_type' && (upper[name] ?? '').trim() === '';
      if (!problems.has(name)) problems.set(name, isMissing ? 'is required' : issue.message);
    }
    throw new ConfigError([...problems].map(([name, problem]) => `${name}: ${problem}`));
  }
  const env = parsed.data;
  const environment = env.ENVIRONMENT.toLowerCase();
  const isProductionLike = !DEVELOPMENT_ENVIRONMENTS.has(environment);
  const issuer = env.AUTH_ISSUER ?? (env.SUPABASE_URL ? `${trimSlash(env.SUPABASE_URL)}/auth/v1` : undefined);
  const jwksUrl = env.AUTH_JWKS_URL ?? (issuer ? `${trimSlash(issuer)}/.well-known/jwks.json` : undefined);
  const passwordSignIn = passwordSignInOf(env, issuer);
  const emailProvider = env.NOTIFICATION_EMAIL_PROVIDER ?? (isProductionLike ? 'none' : 'stub');
  const problems = [
    ...crossChecks(env, isProductionLike),
    ...channelChecks(env, isProductionLike, emailProvider),
    ...passwordChecks(env, isProductionLike, passwordSignIn, issuer),
    ...(isProductionLike ? productionChecks(env, issuer, jwksUrl) : []),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    ...env,
    environment,
    isProductionLike,
    auth: { issuer, jwksUrl },
    passwordSignIn,
    emailProvider,
    concurrency: concurrencyOf(env),
    rateLimits: rateLimitsOf(env),
  };
}

const trimSlash = (url: string): string => url.replace(/\/+$/, '');

function crossChecks(env: Env, isProductionLike: boolean): string[] {
  const problems: string[] = [];
  if (env.REDIS_URL === undefined && !env.QUEUE_EAGER) {
    problems.push(`REDIS_URL: is required${isProductionLike ? '' : ' unless QUEUE_EAGER=true'}`);
  }
  if (env.REDIS_URL === undefined && env.RATE_LIMIT_STORE === 'redis') {
    problems.push('RATE_LIMIT_STORE: redis needs REDIS_URL');
  }
  if (env.WEB_CONCURRENCY > 1) problems.push(...severalProcessesChecks(env));
  if (env.CORS_ALLOW_CREDENTIALS) {
    for (const name of ['CORS_ALLOWED_ORIGINS', 'CORS_ALLOWED_METHODS', 'CORS_ALLOWED_HEADERS'] as const) {
      if (env[name].includes('*')) problems.push(`${name}: must not be * when CORS_ALLOW_CREDENTIALS=true`);
    }
  }
  const symmetric = env.AUTH_JWT_ALGORITHMS.filter((alg) => !/^(RS|ES|PS)(256|384|512)$/.test(alg));
  if (env.AUTH_JWT_ALGORITHMS.length === 0) problems.push('AUTH_JWT_ALGORITHMS: must name at least one');
  if (symmetric.length > 0) problems.push('AUTH_JWT_ALGORITHMS: only RS*, PS* and ES* are accepted');
  if (!/^[\w-]{32,80}$/.test(env.EBAY_DELETION_VERIFICATION_TOKEN ?? '-'.repeat(32))) {
    problems.push('EBAY_DELETION_VERIFICATION_TOKEN: must be 32 to 80 letters, digits, - or _');
  }
  if (env.EBAY_CATEGORY_IDS.some((entry) => !/^EBAY_[A-Z]{2}=\d{1,12}$/.test(entry))) {
    problems.push('EBAY_CATEGORY_IDS: must be a list such as EBAY_DE=176985');
  }
  const unknownQueues = env.WORKER_QUEUES.filter((name) => !isQueueName(name));
  if (unknownQueues.length > 0)
    problems.push(`WORKER_QUEUES: must name queues among ${QUEUE_NAMES.join(', ')}`);
  return problems;
}

/** All connections of one API instance. */
const MAX_CONNECTIONS = 500;

/** What several processes on one port cannot do. */
function severalProcessesChecks(env: Env): string[] {
  const problems: string[] = [];
  if (env.QUEUE_EAGER) {
    problems.push('WEB_CONCURRENCY: must be 1 with QUEUE_EAGER=true, which is for a single process');
  }
  if (env.RATE_LIMIT_ENABLED && env.RATE_LIMIT_STORE === 'memory') {
    problems.push('WEB_CONCURRENCY: more than 1 needs RATE_LIMIT_STORE=redis, or each process counts alone');
  }
  if (env.WEB_CONCURRENCY * env.DB_POOL_SIZE > MAX_CONNECTIONS) {
    problems.push(`WEB_CONCURRENCY: times DB_POOL_SIZE must not exceed ${MAX_CONNECTIONS} connections`);
  }
  return problems;
}

/** Where nobody else knows the users, we do. */
function passwordSignInOf(env: Env, issuer: string | undefined): PasswordSignIn {
  if (env.LOCAL_ACCOUNTS || issuer === undefined) return 'local';
  return env.SUPABASE_URL !== undefined && env.SUPABASE_ANON_KEY !== undefined ? 'supabase' : 'none';
}

const MIN_SECRET = 32;

function passwordChecks(
  env: Env,
  isProductionLike: boolean,
  passwordSignIn: PasswordSignIn,
  issuer: string | undefined,
): string[] {
  const problems: string[] = [];
  const secrets = env.SESSION_SECRET;
  if (secrets?.split(',').some((secret) => secret.trim().length < MIN_SECRET) === true) {
    problems.push(`SESSION_SECRET: each secret must have at least ${MIN_SECRET} characters`);
  }
  if (isProductionLike && passwordSignIn !== 'none' && secrets === undefined) {
    problems.push(
      issuer === undefined
        ? 'AUTH_ISSUER: is required, or SUPABASE_URL, or SESSION_SECRET for accounts of our own'
        : 'SESSION_SECRET: is required for signing in with a password',
    );
  }
  if (env.SUPABASE_ANON_KEY !== undefined && env.SUPABASE_URL === undefined) {
    problems.push('SUPABASE_ANON_KEY: needs SUPABASE_URL');
  }
  if (passwordSignIn === 'supabase') problems.push(...refreshTokenChecks(env, isProductionLike));
  return problems;
}

/** Refresh tokens are kept, and never in the clear. */
function refreshTokenChecks(env: Env, isProductionLike: boolean): string[] {
  const { TOKEN_CRYPTO_KMS_KEY_ID: kmsKey, TOKEN_CRYPTO_LOCAL_KEY: key } = env;
  const localKey = isProductionLike ? undefined : (key ?? env.TOKEN_CRYPTO_LOCAL_KEY_PATH);
  if ((kmsKey ?? localKey) !== undefined) return [];
  const name = isProductionLike ? 'TOKEN_CRYPTO_KMS_KEY_ID' : 'TOKEN_CRYPTO_LOCAL_KEY';
  return [`${name}: is required to keep the refresh tokens of Supabase`];
}

/** Channels that are half configured would fail at the first alert instead of at the start. */
function channelChecks(env: Env, isProductionLike: boolean, emailProvider: EmailProvider): string[] {
  const problems: string[] = [];
  const hasSmtpUrl =
    env.SMTP_URL !== undefined && /^smtps?:\/\/./.test(env.SMTP_URL) && URL.canParse(env.SMTP_URL);
  if (emailProvider === 'smtp' && !hasSmtpUrl) problems.push('SMTP_URL: must be an smtp:// or smtps:// URL');
  const vapid = [env.VAPID_PUBLIC_KEY, env.VAPID_PRIVATE_KEY, env.VAPID_SUBJECT];
  if (vapid.includes(undefined) && vapid.some((value) => value !== undefined)) {
    problems.push('VAPID_PUBLIC_KEY: VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY and VAPID_SUBJECT belong together');
  }
  if (env.NOTIFICATION_LINK_SECRET !== undefined && env.NOTIFICATION_LINK_SECRET.length < MIN_SECRET) {
    problems.push(`NOTIFICATION_LINK_SECRET: must have at least ${MIN_SECRET} characters`);
  }
  return isProductionLike ? [...problems, ...productionMailChecks(env, emailProvider)] : problems;
}

/** What every mail needs that reaches strangers' mailboxes (RFC 8058). */
function productionMailChecks(env: Env, emailProvider: EmailProvider): string[] {
  if (emailProvider === 'stub')
    return ['NOTIFICATION_EMAIL_PROVIDER: must not be stub in production-like environments'];
  if (emailProvider === 'none') return [];
  const problems: string[] = [];
  const senderName = emailProvider === 'ses' ? 'SES_SENDER_EMAIL' : 'SMTP_SENDER_EMAIL';
  if (/@example\.(com|org|net)\b/.test(env[senderName]))
    problems.push(`${senderName}: is required for e-mails`);
  if (env.PUBLIC_BASE_URL === undefined)
    problems.push('PUBLIC_BASE_URL: is required for the links in e-mails');
  if ((env.NOTIFICATION_LINK_SECRET ?? env.SESSION_SECRET) === undefined) {
    problems.push('NOTIFICATION_LINK_SECRET: is required for the links in e-mails');
  }
  return problems;
}

function productionChecks(env: Env, issuer?: string, jwksUrl?: string): string[] {
  const remotes: Record<string, string | undefined> = {
    AUTH_ISSUER: issuer,
    AUTH_JWKS_URL: jwksUrl,
    SUPABASE_URL: env.SUPABASE_URL,
    DISCOGS_API_BASE_URL: env.DISCOGS_API_BASE_URL,
    EBAY_API_BASE_URL: env.EBAY_API_BASE_URL,
    EBAY_DELETION_ENDPOINT_URL: env.EBAY_DELETION_ENDPOINT_URL,
    FX_RATES_URL: env.FX_RATES_URL,
    DISCOGS_AUTHORIZE_URL: env.DISCOGS_AUTHORIZE_URL,
    DISCOGS_OAUTH_REDIRECT_URI: env.DISCOGS_OAUTH_REDIRECT_URI,
    KMS_ENDPOINT_URL: env.KMS_ENDPOINT_URL,
    SES_ENDPOINT_URL: env.SES_ENDPOINT_URL,
    SNS_ENDPOINT_URL: env.SNS_ENDPOINT_URL,
    SENTRY_DSN: env.SENTRY_DSN,
    NTFY_BASE_URL: env.NTFY_BASE_URL,
    TELEGRAM_API_BASE_URL: env.TELEGRAM_API_BASE_URL,
    DISCORD_BASE_URL: env.DISCORD_BASE_URL,
    SLACK_HOOKS_BASE_URL: env.SLACK_HOOKS_BASE_URL,
    CHANNEL_TRUSTED_ORIGINS: env.CHANNEL_TRUSTED_ORIGINS.find((origin) => !origin.startsWith('https://')),
  };
  const problems = Object.entries(remotes)
    .filter(([, url]) => url !== undefined && !url.startsWith('https://'))
    .map(([name]) => `${name}: must use https in production-like environments`);
  if (env.QUEUE_EAGER)
    problems.push(
      'QUEUE_EAGER: must not be true in production-like environments, where API and worker are processes apart',
    );
  return problems;
}

const isQueueName = (name: string): name is QueueName => QUEUE_NAMES.some((known) => known === name);

function concurrencyOf(env: Env): Partial<Record<QueueName, number>> {
  const served = env.WORKER_QUEUES.length === 0 ? QUEUE_NAMES : env.WORKER_QUEUES.filter(isQueueName);
  const own: Record<QueueName, number | undefined> = {
    polls: env.WORKER_CONCURRENCY_POLLS,
    deliveries: env.WORKER_CONCURRENCY_DELIVERIES,
    imports: env.WORKER_CONCURRENCY_IMPORTS,
    backfills: env.WORKER_CONCURRENCY_BACKFILLS,
    maintenance: env.WORKER_CONCURRENCY_MAINTENANCE,
  };
  return Object.fromEntries(served.map((name) => [name, own[name] ?? env.WORKER_CONCURRENCY]));
}
