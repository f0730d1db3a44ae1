import { BOT_TOKEN, ChatSimulator } from './chats/chat-simulator';
import { DISCOGS_KEYS, DiscogsSimulator } from './discogs/discogs-simulator';
import { EcbSimulator } from './ecb/ecb-simulator';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from './ebay/ebay-simulator';
import type { HttpSimulator } from './http-simulator';
import { KmsSimulator } from './kms/kms-simulator';
import { SesSimulator } from './ses/ses-simulator';
import { SUPABASE_ANON_KEY, SupabaseSimulator } from './supabase/supabase-simulator';

const SIMULATORS = {
  discogs: new DiscogsSimulator(),
  ebay: new EbaySimulator(),
  ecb: new EcbSimulator(),
  kms: new KmsSimulator(),
  ses: new SesSimulator(),
  chats: new ChatSimulator(),
  supabase: new SupabaseSimulator(),
};

/** Ports may be given as `DISCOGS_SIMULATOR_PORT` and the like; any free one is taken otherwise. */
function portOf(name: string): number {
  const variable = `${name.toUpperCase()}_SIMULATOR_PORT`;
  const port = Number(process.env[variable] ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${variable} must be a port`);
  return port;
}

/** What to set so that WaxWatch's own clients talk to the simulators. */
function environment(): [name: string, value: string][] {
  const { discogs, ebay, ecb, kms, ses, chats } = SIMULATORS;
  return [
    ['DISCOGS_API_BASE_URL', discogs.url],
    ['DISCOGS_USER_AGENT', '"WaxWatch/1.0 +https://waxwatch.example"'],
    ['DISCOGS_TOKEN', DISCOGS_KEYS.token],
    ['DISCOGS_OAUTH_CLIENT_ID', DISCOGS_KEYS.consumerKey],
    ['DISCOGS_OAUTH_CLIENT_SECRET', DISCOGS_KEYS.consumerSecret],
    ['EBAY_API_BASE_URL', ebay.url],
    ['EBAY_CLIENT_ID', EBAY_CLIENT_ID],
    ['EBAY_CLIENT_SECRET', EBAY_CLIENT_SECRET],
    ['FX_RATES_URL', ecb.ratesUrl],
    ['TOKEN_CRYPTO_KMS_KEY_ID', kms.addKey().arn],
    ['KMS_ENDPOINT_URL', kms.url],
    ['NOTIFICATION_EMAIL_PROVIDER', 'ses'],
    ['SES_ENDPOINT_URL', ses.url],
    ['SES_SENDER_EMAIL', 'alerts@waxwatch.example'],
    // Signatures have to be there; the simulators of KMS and SES take those of any key.
    ['AWS_ACCESS_KEY_ID', 'simulated'],
    ['AWS_SECRET_ACCESS_KEY', 'simulated'],
    ['NTFY_BASE_URL', chats.url],
    ['TELEGRAM_API_BASE_URL', chats.url],
    ['TELEGRAM_BOT_TOKEN', BOT_TOKEN],
    ['DISCORD_BASE_URL', chats.url],
    ['SLACK_HOOKS_BASE_URL', chats.url],
  ];
}

async function main(): Promise<void> {
  const host = process.env.SIMULATOR_HOST ?? '127.0.0.1';
  const all: [string, HttpSimulator][] = Object.entries(SIMULATORS);
  for (const [name, simulator] of all) {
    console.log(`# ${name}: ${await simulator.start(portOf(name), host)}`);
  }
  // In the form of an environment file, so that the output can be used as one.
  for (const [name, value] of environment()) console.log(`${name}=${value}`);
  const { supabase } = SIMULATORS;
  const { email, password } = supabase.addAccount({ email: 'ada@example.org', password: 'waxwatch-dev' });
  console.log(`# To sign in as ${email} with the password ${password}, take these instead of AUTH_ISSUER:`);
  console.log(`# SUPABASE_URL=${supabase.url}`);
  console.log(`# SUPABASE_ANON_KEY=${SUPABASE_ANON_KEY}`);
  console.log('# Faults, clocks and data are set below /__control/ of each: see docs/simulators.md');
  const stop = () => void Promise.all(all.map(async ([, simulator]) => await simulator.stop()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
}

void main();
