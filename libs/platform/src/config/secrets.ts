import { headersIn } from './env-fields';
import type { Env } from './env.schema';

/** Variables that are secrets as a whole; lists of them have commas. */
const SECRETS = [
  'DISCOGS_OAUTH_CLIENT_SECRET',
  'DISCOGS_TOKEN',
  'EBAY_CLIENT_SECRET',
  'EBAY_DELETION_VERIFICATION_TOKEN',
  'METRICS_TOKEN',
  'NOTIFICATION_LINK_SECRET',
  'SENTRY_DSN',
  'SESSION_SECRET',
  'SUPABASE_ANON_KEY',
  'TELEGRAM_BOT_TOKEN',
  'TOKEN_CRYPTO_LOCAL_KEY',
  'VAPID_PRIVATE_KEY',
] as const satisfies readonly (keyof Env)[];

/** Variables with a password inside. */
const URLS = ['DATABASE_URL', 'REDIS_URL', 'SMTP_URL'] as const satisfies readonly (keyof Env)[];

/** Every secret that the process was given, as it may turn up in texts. */
export function secretsIn(env: Env): string[] {
  const whole = SECRETS.flatMap((name) => env[name] ?? []);
  const parts = whole.flatMap((secret) => secret.split(',').map((part) => part.trim()));
  const headers = Object.values(headersIn(env.OTEL_EXPORTER_OTLP_HEADERS));
  return [
    ...whole,
    ...parts,
    ...headers,
    ...env.OTEL_EXPORTER_OTLP_HEADERS,
    ...URLS.flatMap((name) => passwordsIn(env[name] ?? '')),
  ];
}

/** The password as it is written in the URL, and as it is sent. */
function passwordsIn(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  if (password === '') return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
