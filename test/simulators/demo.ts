import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { diesWithParent } from '../../libs/platform/src/embedded-postgres/processes';
import { DemoMarket, DISCOGS_ACCOUNT } from './demo-market';
import { DISCOGS_KEYS, DiscogsSimulator } from './discogs/discogs-simulator';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from './ebay/ebay-simulator';

const ROOT = join(__dirname, '..', '..');
const SCENE_MS = 5_000;
/** More than eBay allows: looks that are fair over a day would be minutes apart. */
const EBAY_CALLS_PER_DAY = 100_000;

/** The settings that lead the demo's real clients to the simulators. */
function settings(discogsUrl: string, ebayUrl: string): Record<string, string> {
  return {
    DISCOGS_API_BASE_URL: discogsUrl,
    DISCOGS_USER_AGENT: 'WaxWatch/1.0 +https://waxwatch.example',
    DISCOGS_TOKEN: DISCOGS_KEYS.token,
    DISCOGS_OAUTH_CLIENT_ID: DISCOGS_KEYS.consumerKey,
    DISCOGS_OAUTH_CLIENT_SECRET: DISCOGS_KEYS.consumerSecret,
    EBAY_API_BASE_URL: ebayUrl,
    EBAY_CLIENT_ID,
    EBAY_CLIENT_SECRET,
    EBAY_BUDGET_PER_DAY: String(EBAY_CALLS_PER_DAY),
    MOCK_ENABLED: 'false',
    DEMO_SOURCES: 'ebay,discogs',
  };
}

/** `make demo SIM=1`: the built demo beside a simulated Discogs and eBay, which end with it. */
async function main(): Promise<void> {
  const discogs = new DiscogsSimulator();
  const ebay = new EbaySimulator();
  const discogsUrl = await discogs.start();
  const ebayUrl = await ebay.start();
  console.log(
    `… simulated Discogs at ${discogsUrl}, eBay at ${ebayUrl}; their controls are below /__control/`,
  );
  console.log(
    `… an account at Discogs to connect: ${DISCOGS_ACCOUNT.username}, token ${DISCOGS_ACCOUNT.token}`,
  );
  ebay.quota.dailyLimit = EBAY_CALLS_PER_DAY;
  const market = new DemoMarket(discogs, ebay);
  market.playScene();
  const scenes = setInterval(() => market.playScene(), SCENE_MS);
  const demo = spawn(...diesWithParent(process.execPath, [join(ROOT, 'dist/apps/demo/main.js')]), {
    stdio: 'inherit',
    // Data of its own, as it knows other marketplaces than the plain demo.
    env: { DEMO_DATA_DIR: join(ROOT, '.data/simulated'), ...process.env, ...settings(discogsUrl, ebayUrl) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => demo.kill(signal));
  process.exitCode = await new Promise<number>((resolve, reject) => {
    demo.once('error', reject);
    demo.once('exit', (code) => resolve(code ?? 1));
  });
  clearInterval(scenes);
  await Promise.all([discogs.stop(), ebay.stop()]);
}

void main();
