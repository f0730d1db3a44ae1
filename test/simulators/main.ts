import { DISCOGS_KEYS, DiscogsSimulator } from './discogs/discogs-simulator';
import { EcbSimulator } from './ecb/ecb-simulator';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from './ebay/ebay-simulator';
import { KmsSimulator } from './kms/kms-simulator';
import { SUPABASE_ANON_KEY, SupabaseSimulator } from './supabase/supabase-simulator';

/** Ports may be given as `DISCOGS_SIMULATOR_PORT` and the like; any free one is taken otherwise. */
function portOf(name: string): number {
  const port = Number(process.env[name] ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${name} must be a port`);
  return port;
}

async function main(): Promise<void> {
  const host = process.env.SIMULATOR_HOST ?? '127.0.0.1';
  const discogs = new DiscogsSimulator();
  const ebay = new EbaySimulator();
  const discogsUrl = await discogs.start(portOf('DISCOGS_SIMULATOR_PORT'), host);
  const ebayUrl = await ebay.start(portOf('EBAY_SIMULATOR_PORT'), host);
  const kms = new KmsSimulator();
  const kmsUrl = await kms.start(portOf('KMS_SIMULATOR_PORT'), host);
  const supabase = new SupabaseSimulator();
  const supabaseUrl = await supabase.start(portOf('SUPABASE_SIMULATOR_PORT'), host);
  const ecb = new EcbSimulator();
  await ecb.start(portOf('ECB_SIMULATOR_PORT'), host);
  // In the form of an environment file, so that the output can be used as one.
  console.log(`DISCOGS_API_BASE_URL=${discogsUrl}`);
  console.log(`DISCOGS_USER_AGENT=WaxWatch/1.0 +https://waxwatch.example`);
  console.log(`DISCOGS_TOKEN=${DISCOGS_KEYS.token}`);
  console.log(`DISCOGS_OAUTH_CLIENT_ID=${DISCOGS_KEYS.consumerKey}`);
  console.log(`DISCOGS_OAUTH_CLIENT_SECRET=${DISCOGS_KEYS.consumerSecret}`);
  console.log(`FX_RATES_URL=${ecb.ratesUrl}`);
  console.log(`TOKEN_CRYPTO_KMS_KEY_ID=${kms.addKey().arn}`);
  console.log(`KMS_ENDPOINT_URL=${kmsUrl}`);
  console.log(`EBAY_API_BASE_URL=${ebayUrl}`);
  console.log(`EBAY_CLIENT_ID=${EBAY_CLIENT_ID}`);
  console.log(`EBAY_CLIENT_SECRET=${EBAY_CLIENT_SECRET}`);
  const { email, password } = supabase.addAccount({ email: 'ada@example.org', password: 'waxwatch-dev' });
  console.log(`# To sign in as ${email} with the password ${password}, take these instead of AUTH_ISSUER:`);
  console.log(`# SUPABASE_URL=${supabaseUrl}`);
  console.log(`# SUPABASE_ANON_KEY=${SUPABASE_ANON_KEY}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(
      signal,
      () =>
        void Promise.all(
          [discogs, ebay, ecb, kms, supabase].map(async (simulator) => await simulator.stop()),
        ),
    );
  }
}

void main();
