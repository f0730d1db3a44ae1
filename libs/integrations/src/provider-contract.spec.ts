import { anyCall, clientTools, refusalOf, type TestTools } from '../../../test/simulators/client-tools';
import { DISCOGS_KEYS, DiscogsSimulator } from '../../../test/simulators/discogs/discogs-simulator';
import {
  EBAY_CLIENT_ID,
  EBAY_CLIENT_SECRET,
  EbaySimulator,
} from '../../../test/simulators/ebay/ebay-simulator';
import { DiscogsProvider } from './discogs/discogs.provider';
import { EbayProvider } from './ebay/ebay.provider';
import {
  PROVIDER_NAMES,
  type ListingPage,
  type ListingProvider,
  type ProviderListing,
} from './listing-provider';
import { MockMarketplace } from './mock/mock-marketplace';
import { MockProvider } from './mock/mock.provider';

/** A provider and how to put something on its shelves. */
interface Subject {
  provider: ListingProvider;
  tools: TestTools;
  /** Offers a copy of "Contract <n>" and gives its release id, where the provider knows releases. */
  offer: (n: number) => number | null;
}

const discogsSimulator = new DiscogsSimulator();
const ebaySimulator = new EbaySimulator();
const http = { timeoutMs: 2_000, maxAttempts: 2, retryBaseDelayMs: 1, retryMaxDelayMs: 1 };

const SUBJECTS: Record<string, () => Subject> = {
  discogs: () => {
    const tools = clientTools();
    const options = { userAgent: 'WaxWatchTest/1.0', token: DISCOGS_KEYS.token };
    return {
      tools,
      provider: new DiscogsProvider({ ...options, http: { ...http, baseUrl: discogsSimulator.url } }, tools),
      offer: (n) =>
        discogsSimulator.addRelease({
          title: `Contract ${n}`,
          lowestPrice: n + 1,
          numForSale: 1,
          masterId: 77,
        }).id,
    };
  },
  ebay: () => {
    const tools = clientTools();
    const credentials = {
      clientId: EBAY_CLIENT_ID,
      clientSecret: EBAY_CLIENT_SECRET,
      scope: 'https://api.ebay.com/oauth/api_scope',
    };
    const options = { credentials, marketplaceId: 'EBAY_US', campaignId: null, customId: null };
    return {
      tools,
      provider: new EbayProvider({ ...options, http: { ...http, baseUrl: ebaySimulator.url } }, tools),
      offer: (n) => {
        ebaySimulator.publish({ title: `Contract ${n}`, price: `${n + 1}.00` });
        return null;
      },
    };
  },
  mock: () => {
    const tools = clientTools();
    const now = () => tools.time.nowMs;
    const market = new MockMarketplace({ seed: 'contract', publishIntervalMs: 30_000 }, now);
    return {
      tools,
      provider: new MockProvider(market, tools.requests, now),
      offer: (n) => {
        const releaseId = 900_000 + n;
        market.publish({
          artist: 'Contract',
          title: String(n),
          price: `${n + 1}.00`,
          releaseId,
          masterId: 77,
        });
        return releaseId;
      },
    };
  },
};

beforeAll(async () => {
  await discogsSimulator.start();
  await ebaySimulator.start();
});
afterAll(async () => {
  await discogsSimulator.stop();
  await ebaySimulator.stop();
});

function expectSound(listing: ProviderListing, provider: ListingProvider): void {
  expect(listing.provider).toBe(provider.name);
  expect(listing.externalId).toMatch(/^\S{1,120}$/);
  expect(new URL(listing.url).protocol).toBe('https:');
  expect(listing.title.length).toBeGreaterThan(0);
  expect(listing.title.length).toBeLessThanOrEqual(500);
  expect(listing.price).toMatch(/^(?!0+\.00$)\d+\.\d\d$/);
  expect(listing.currency).toMatch(/^[A-Z]{3}$/);
  expect(listing.condition?.length ?? 0).toBeLessThanOrEqual(30);
  expect(listing.shippingPrice ?? '0.00').toMatch(/^\d+\.\d\d$/);
  if (listing.listedAt !== null) expect(new Date(listing.listedAt).toISOString()).toBe(listing.listedAt);
  expect(JSON.stringify(listing.raw).length).toBeLessThan(2_000);
}

describe.each(Object.keys(SUBJECTS))('every provider: %s', (name) => {
  let subject: Subject;

  beforeEach(() => {
    discogsSimulator.reset();
    ebaySimulator.reset();
    const make = SUBJECTS[name];
    if (!make) throw new Error(`no provider ${name}`);
    subject = make();
  });

  const search = (
    terms: string,
    limit: number,
    cursor: string | null = null,
    call = {},
  ): Promise<ListingPage> =>
    subject.provider.search({ terms, marketplace: null }, { limit, cursor }, anyCall(call));

  it('has a known name and states what it can do', () => {
    const { provider } = subject;
    expect(PROVIDER_NAMES).toContain(provider.name);
    expect(provider.name).toBe(name);
    expect(provider.capabilities.supportsSearch).toBe(true);
    expect(provider.capabilities.maxPageSize).toBeGreaterThanOrEqual(50);
    expect(provider.capabilities.supportsReleases).toBe(provider.lookupRelease !== undefined);
  });

  it('gives sound listings for words that are on the shelves', async () => {
    for (let n = 0; n < 3; n++) subject.offer(n);
    const page = await search('contract', 10);
    expect(page.items).toHaveLength(3);
    expect(page.total).toBe(3);
    for (const listing of page.items) expectSound(listing, subject.provider);
  });

  it('gives an empty page, without a next one, for words that are not', async () => {
    subject.offer(1);
    const page = await search('nosuchwordanywhere', 10);
    expect(page).toMatchObject({ items: [], unpriced: [], droppedCount: 0, nextCursor: null, total: 0 });
  });

  it('pages through everything once and comes to an end', async () => {
    for (let n = 0; n < 7; n++) subject.offer(n);
    const ids: string[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const page: ListingPage = await search('contract', 3, cursor);
      expect(page.items.length).toBeLessThanOrEqual(3);
      ids.push(...page.items.map(({ externalId }) => externalId));
      cursor = page.nextCursor;
      pages++;
    } while (cursor !== null && pages < 10);
    expect(new Set(ids).size).toBe(7);
    expect(ids).toHaveLength(7);
  });

  it('gives no more than its largest page, however much is wanted', async () => {
    for (let n = 0; n < 60; n++) subject.offer(n);
    const page = await search('contract', 1_000_000);
    expect(page.items.length + page.unpriced.length).toBeLessThanOrEqual(
      subject.provider.capabilities.maxPageSize,
    );
    expect((await search('contract', -5)).items.length).toBeLessThanOrEqual(1);
  });

  it('refuses a cursor that it did not make', async () => {
    expect(await refusalOf(search('contract', 5, "'; drop table"))).toMatchObject({
      kind: 'invalid_request',
    });
  });

  it('ends when the caller has left', async () => {
    const refusal = await refusalOf(search('contract', 5, null, { signal: AbortSignal.abort() }));
    expect(refusal).toMatchObject({ kind: 'timeout', provider: name });
  });

  it('writes down its calls with the user who caused them', async () => {
    await search('contract', 5, null, { userId: 'user-1' });
    const [last] = subject.tools.requests.attempts.slice(-1);
    expect(last).toMatchObject({
      provider: name,
      statusCode: 200,
      error: null,
      errorKind: null,
      userId: 'user-1',
    });
    expect(last?.endpoint).toMatch(/^\/[\w{}/]+$/);
  });

  it('looks up the cheapest copy of a release and of a master, where it can', async () => {
    const [first] = [2, 0, 1].map((n) => subject.offer(n));
    const { provider } = subject;
    const byRelease = first
      ? await provider.lookupRelease?.({ kind: 'release', id: first }, anyCall())
      : null;
    const byMaster = first ? await provider.lookupRelease?.({ kind: 'master', id: 77 }, anyCall()) : null;
    const expected = provider.capabilities.supportsReleases ? ['3.00', '1.00'] : [undefined, undefined];
    expect([byRelease?.price, byMaster?.price]).toEqual(expected);
    for (const listing of [byRelease, byMaster]) if (listing) expectSound(listing, subject.provider);
  });
});
