import { anyCall, clientTools, refusalOf } from '../../../test/simulators/client-tools';
import { DISCOGS_KEYS, DiscogsSimulator } from '../../../test/simulators/discogs/discogs-simulator';
import {
  EBAY_CLIENT_ID,
  EBAY_CLIENT_SECRET,
  EbaySimulator,
} from '../../../test/simulators/ebay/ebay-simulator';
import type { FaultInput } from '../../../test/simulators/faults';
import type { HttpSimulator } from '../../../test/simulators/http-simulator';
import { DiscogsProvider } from './discogs/discogs.provider';
import { EbayProvider } from './ebay/ebay.provider';
import type { ListingProvider } from './listing-provider';
import type { ProviderHttpTools } from './http/provider-http-options';
import type { ProviderErrorKind } from './provider-error';

const discogs = new DiscogsSimulator();
const ebay = new EbaySimulator();
const closing: (() => Promise<void>)[] = [];

interface Subject {
  simulator: HttpSimulator;
  /** The path of a search. */
  path: string;
  /** Puts one copy of "Fault Lines" up for sale. */
  offer: () => void;
  /** A client that makes two attempts within `timeoutMs`. */
  client: (tools: ProviderHttpTools, timeoutMs: number) => ListingProvider & { close: () => Promise<void> };
}

const httpOptions = (baseUrl: string, timeoutMs: number) => ({
  baseUrl,
  timeoutMs,
  maxAttempts: 2,
  retryBaseDelayMs: 100,
  retryMaxDelayMs: 1_000,
});

const SUBJECTS: Record<string, Subject> = {
  Discogs: {
    simulator: discogs,
    path: '/database/search',
    offer: () => discogs.addRelease({ artist: 'Ann', title: 'Fault Lines', lowestPrice: 12, numForSale: 1 }),
    client: (tools, timeoutMs) =>
      new DiscogsProvider(
        {
          userAgent: 'WaxWatchTest/1.0 +https://waxwatch.example',
          token: DISCOGS_KEYS.token,
          http: httpOptions(discogs.url, timeoutMs),
        },
        tools,
      ),
  },
  eBay: {
    simulator: ebay,
    path: '/buy/browse/v1/item_summary/search',
    offer: () => ebay.publish({ title: 'Fault Lines', price: '12.00' }),
    client: (tools, timeoutMs) =>
      new EbayProvider(
        {
          credentials: {
            clientId: EBAY_CLIENT_ID,
            clientSecret: EBAY_CLIENT_SECRET,
            scope: 'https://api.ebay.com/oauth/api_scope',
          },
          marketplaceId: 'EBAY_US',
          campaignId: null,
          customId: null,
          http: httpOptions(ebay.url, timeoutMs),
        },
        tools,
      ),
  },
};

/** Fault, kind of the failure, attempts made, and how long the provider is left alone afterwards. */
const FAULTS: [what: string, FaultInput, ProviderErrorKind, attempts: number, pauseMs: number | null][] = [
  ['429 without Retry-After', { kind: 'status', status: 429 }, 'throttled', 1, 60_000],
  ['429 with Retry-After', { kind: 'status', status: 429, retryAfter: '90' }, 'throttled', 1, 90_000],
  [
    '429 with a date',
    { kind: 'status', status: 429, retryAfter: 'Sun, 01 Mar 2026 12:02:00 GMT' },
    'throttled',
    1,
    120_000,
  ],
  ['500', { kind: 'status', status: 500 }, 'transient', 2, null],
  ['502 as a page', { kind: 'html', status: 502 }, 'transient', 2, null],
  ['503 that names a wait', { kind: 'status', status: 503, retryAfter: '20' }, 'transient', 1, 20_000],
  ['a page of the edge, refused', { kind: 'html', status: 403 }, 'throttled', 1, 60_000],
  ['a page of the edge, as success', { kind: 'html', status: 200 }, 'bad_response', 1, null],
  [
    'a page that calls itself JSON',
    { kind: 'html', status: 200, contentType: 'application/json' },
    'bad_response',
    1,
    null,
  ],
  ['a reset connection', { kind: 'reset' }, 'transient', 2, null],
  ['a cut body', { kind: 'cut' }, 'transient', 2, null],
  ['a truncated body', { kind: 'truncated' }, 'bad_response', 1, null],
  ['no body', { kind: 'empty_body' }, 'bad_response', 1, null],
  ['too large a body', { kind: 'oversize', bytes: 60_000_000, isCompressed: true }, 'bad_response', 1, null],
  ['a redirect', { kind: 'redirect', location: 'http://127.0.0.1:9/' }, 'bad_response', 1, null],
  [
    'another shape',
    { kind: 'status', status: 200, body: { total: 'many', results: {} } },
    'bad_response',
    1,
    null,
  ],
];

/** What never ends within the time of a call. */
const SLOW: FaultInput[] = [{ kind: 'hang' }, { kind: 'drip', everyMs: 40 }, { kind: 'latency', ms: 900 }];

beforeAll(async () => await Promise.all([discogs.start(), ebay.start()]));
afterAll(async () => await Promise.all([discogs.stop(), ebay.stop()]));
afterEach(async () => await Promise.all(closing.splice(0).map((close) => close())));

describe.each(Object.keys(SUBJECTS))('faults of %s', (name) => {
  const { simulator, path, offer, client } = SUBJECTS[name] as Subject;

  function begin(timeoutMs = 10_000) {
    const tools = clientTools();
    const provider = client(tools, timeoutMs);
    closing.push(async () => await provider.close());
    const search = async () =>
      await provider.search(
        { terms: 'fault lines', marketplace: null },
        { limit: 5, cursor: null },
        anyCall(),
      );
    return { tools, search, provider };
  }

  beforeEach(() => {
    simulator.reset();
    offer();
  });

  it.each(FAULTS)(
    '%s: is told as what it is, costs its attempts, and passes',
    async (_what, fault, kind, attempts, pauseMs) => {
      const { tools, search, provider } = begin();
      await search();
      simulator.journal.length = 0;
      tools.requests.attempts.length = 0;
      simulator.inject({ ...fault, path, times: attempts });

      const refusal = await refusalOf(search());
      expect(refusal).toMatchObject({ kind, provider: provider.name, endpoint: path });
      expect(simulator.requests(path)).toHaveLength(attempts);
      expect(tools.requests.attempts.map(({ errorKind }) => errorKind)).toEqual(Array(attempts).fill(kind));
      const until = await tools.pauses.pausedUntil(provider.name);
      expect(until && until.getTime() - tools.time.nowMs).toBe(pauseMs);

      tools.time.nowMs += pauseMs ?? 0;
      expect((await search()).items.map(({ price }) => price)).toEqual(['12.00']);
    },
  );

  it.each(SLOW)('ends a call whose answer takes too long (%j)', async (fault) => {
    const { tools, search, provider } = begin(400);
    await search();
    simulator.journal.length = 0;
    simulator.inject({ ...fault, path });
    expect(await refusalOf(search())).toMatchObject({ kind: 'timeout', endpoint: path });
    expect(simulator.requests(path)).toHaveLength(1);
    expect(await tools.pauses.pausedUntil(provider.name)).toBeNull();
    expect((await search()).items).toHaveLength(1);
  });

  it('reads data for what it is under a wrong content type', async () => {
    const { search } = begin();
    simulator.inject({ kind: 'content_type', contentType: 'text/html', path });
    expect((await search()).items).toHaveLength(1);
  });

  it('takes a page without rows as nothing found, and a row that comes twice once', async () => {
    const { search } = begin();
    simulator.inject({ kind: 'empty_page', path });
    expect(await search()).toMatchObject({ items: [], unpriced: [], nextCursor: null });
    simulator.inject({ kind: 'duplicate_rows', path });
    expect((await search()).items).toHaveLength(1);
  });
});
