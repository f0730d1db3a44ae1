import { demoRules, demoWatches } from '../../apps/demo/demo-collector';
import { DiscogsProvider } from '../../libs/integrations/src/discogs/discogs.provider';
import { EbayProvider } from '../../libs/integrations/src/ebay/ebay.provider';
import {
  compileStoredRule,
  type CompiledRule,
  matchRule,
  SAME_CURRENCY_ONLY,
  toMatchable,
} from '../../libs/matching/src';
import { anyCall, clientTools } from './client-tools';
import { DemoMarket, DISCOGS_ACCOUNT } from './demo-market';
import { DISCOGS_KEYS, DiscogsSimulator } from './discogs/discogs-simulator';
import { EBAY_CLIENT_ID, EBAY_CLIENT_SECRET, EbaySimulator } from './ebay/ebay-simulator';

const http = { timeoutMs: 2_000, maxAttempts: 1, retryBaseDelayMs: 1, retryMaxDelayMs: 1 };

function compiled(rule: Record<string, unknown>): CompiledRule {
  const stored = { kind: 'rule', id: 'rule', version: 1, is_active: true, user_currency: 'USD' } as const;
  const made = compileStoredRule({ ...stored, data: rule['query'] });
  if (made.kind === 'never') throw new Error('the rule never matches');
  return made;
}

describe('the market of make demo SIM=1', () => {
  const discogs = new DiscogsSimulator();
  const ebay = new EbaySimulator();
  let market: DemoMarket;
  let atDiscogs: DiscogsProvider;
  let atEbay: EbayProvider;

  beforeAll(async () => {
    await Promise.all([discogs.start(), ebay.start()]);
    const userAgent = 'WaxWatchTest/1.0 +https://waxwatch.example';
    atDiscogs = new DiscogsProvider(
      { userAgent, token: DISCOGS_KEYS.token, http: { ...http, baseUrl: discogs.url } },
      clientTools(),
    );
    const scope = 'https://api.ebay.com/oauth/api_scope';
    atEbay = new EbayProvider(
      {
        credentials: { clientId: EBAY_CLIENT_ID, clientSecret: EBAY_CLIENT_SECRET, scope },
        marketplaceId: 'EBAY_US',
        campaignId: null,
        customId: null,
        http: { ...http, baseUrl: ebay.url },
      },
      clientTools(),
    );
    market = new DemoMarket(discogs, ebay);
  });
  afterAll(async () => {
    await Promise.all([atDiscogs.close(), atEbay.close(), discogs.stop(), ebay.stop()]);
  });

  it.each(demoRules(['ebay', 'discogs']))('has copies that fit the rule $name', async (rule) => {
    for (let scene = 0; scene < 12; scene++) market.playScene();
    const wanted = compiled(rule);
    const terms = (rule['query'] as { keywords: string[] }).keywords.join(' ');
    const found = await Promise.all(
      [atDiscogs, atEbay].map(
        async (provider) =>
          await provider.search({ terms, marketplace: null }, { limit: 50, cursor: null }, anyCall()),
      ),
    );

    const fitting = found
      .flatMap(({ items }) => items)
      .filter((item) => matchRule(wanted, toMatchable(item), SAME_CURRENCY_ONLY) !== null);

    expect(fitting).not.toHaveLength(0);
  });

  it.each(demoWatches())('sells $title now and then, and not always', ({ discogs_release_id: id }) => {
    const offers = new Set<boolean>();
    for (let scene = 0; scene < 48; scene++) {
      market.playScene();
      const release = discogs.data.releases.get(Number(id));
      offers.add(release?.lowestPrice !== null);
    }

    expect(offers).toEqual(new Set([true, false]));
  });

  it('has an account at Discogs to connect to, with wants to import', async () => {
    const { username, token } = DISCOGS_ACCOUNT;
    const wants = await fetch(`${discogs.url}/users/${username}/wants`, {
      headers: { authorization: `Discogs token=${token}`, 'user-agent': 'WaxWatchTest/1.0' },
    });

    expect(await wants.json()).toMatchObject({
      wants: [{ basic_information: { title: 'Tago Mago' } }, { basic_information: { title: 'Neu!' } }],
    });
  });
});
