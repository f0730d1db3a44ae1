import { anyCall, clientTools } from '../../../../test/simulators/client-tools';
import {
  EBAY_CLIENT_ID,
  EBAY_CLIENT_SECRET,
  EbaySimulator,
} from '../../../../test/simulators/ebay/ebay-simulator';
import type { FaultInput } from '../../../../test/simulators/faults';
import { EbayCallLimits } from './ebay-call-limits';
import { EbayProvider } from './ebay.provider';

const REPORT = '/developer/analytics/v1_beta/rate_limit/';
const DAY_MS = 24 * 3_600_000;
const NOON = new Date('2026-03-01T12:00:00Z');
/** Midnight in Los Angeles. */
const RESET_MS = 20 * 3_600_000;

const simulator = new EbaySimulator();
const providers: EbayProvider[] = [];

function client(limit = 100) {
  const tools = clientTools({ limits: { ebay: { limit, windowMs: DAY_MS, reserved: 0 } } });
  const provider = new EbayProvider(
    {
      credentials: {
        clientId: EBAY_CLIENT_ID,
        clientSecret: EBAY_CLIENT_SECRET,
        scope: 'https://api.ebay.com/oauth/api_scope',
      },
      marketplaceId: 'EBAY_US',
      campaignId: null,
      customId: null,
      http: {
        baseUrl: simulator.url,
        timeoutMs: 2_000,
        maxAttempts: 3,
        retryBaseDelayMs: 1,
        retryMaxDelayMs: 1,
      },
    },
    tools,
  );
  providers.push(provider);
  const search = async () =>
    await provider.search({ terms: 'x', marketplace: null }, { limit: 5, cursor: null }, anyCall());
  return { tools, search, limits: new EbayCallLimits(provider.api, tools.budget, tools.now) };
}

function answerWith(rate: Record<string, unknown>, name = 'buy.browse', more: unknown[] = []): void {
  const rateLimits = [
    {
      apiContext: 'buy',
      apiName: 'browse',
      apiVersion: 'v1',
      resources: [...more, { name, rates: [{ timeWindow: 86_400, ...rate }] }],
    },
  ];
  simulator.inject({ kind: 'status', status: 200, path: REPORT, body: { rateLimits } });
}

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => {
  simulator.reset();
  simulator.clock.stopAt(NOON);
});
afterEach(async () => await Promise.all(providers.splice(0).map((provider) => provider.close())));

describe('EbayCallLimits', () => {
  it('tells the budget of calls that others have made', async () => {
    const { tools, search, limits } = client();
    simulator.quota.dailyLimit = 100;
    for (let call = 0; call < 60; call++) simulator.quota.take();
    await search();
    await limits.refresh();
    expect(await tools.budget.room('ebay', 'background')).toEqual({ calls: 39, freeInMs: 0 });
    // Asking again counts nothing twice, and the report itself costs no call of the Browse API.
    await limits.refresh();
    expect(await tools.budget.room('ebay', 'background')).toEqual({ calls: 39, freeInMs: 0 });

    tools.time.nowMs += RESET_MS;
    expect(await tools.budget.room('ebay', 'background')).toEqual({ calls: 99, freeInMs: 0 });
  });

  it('gives no more calls than the configuration, whatever eBay would allow', async () => {
    const { tools, search, limits } = client(3);
    for (let call = 0; call < 3; call++) await search();
    await limits.refresh();
    expect(await tools.budget.room('ebay', 'background')).toMatchObject({ calls: 0 });
  });

  it('holds calls until midnight US Pacific when none are left', async () => {
    const { tools, limits } = client();
    simulator.quota.dailyLimit = 0;
    await limits.refresh();
    expect(await tools.budget.room('ebay', 'background')).toEqual({ calls: 0, freeInMs: RESET_MS });
  });

  it.each([
    ['without what is left', { limit: 100, count: 70 }, 'buy.browse', [], 30],
    ['without a reset', { remaining: 40 }, 'buy.browse', [], 40],
    ['under another name', { remaining: 50 }, 'buy.browse.search', [], 50],
    [
      'beside the count of another resource',
      { remaining: 60 },
      'Browse',
      [{ name: 'buy.browse.item.bulk', rates: [{ remaining: 1 }] }],
      60,
    ],
  ])('reads the count %s', async (_what, rate, name, more, expected) => {
    const { tools, limits } = client();
    answerWith(rate, name, more);
    await limits.refresh();
    expect(await tools.budget.room('ebay', 'background')).toMatchObject({ calls: expected });
  });

  it.each<FaultInput>([
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429, retryAfter: '600' },
    { kind: 'status', status: 403, body: { errors: [{ errorId: 1100 }] } },
    { kind: 'html', status: 503 },
    { kind: 'cut' },
    { kind: 'status', status: 200, body: { rateLimits: [] } },
    { kind: 'status', status: 200, body: [] },
  ])('does no harm when eBay does not tell (%j)', async (fault) => {
    const { tools, search, limits } = client();
    simulator.inject({ ...fault, path: REPORT, times: 30 });
    for (let tick = 0; tick < 8; tick++) await limits.refresh();
    expect(await tools.budget.room('ebay', 'background')).toEqual({ calls: 100, freeInMs: 0 });
    expect(await tools.pauses.pausedUntil('ebay')).toBeNull();
    expect((await search()).total).toBe(0);
  });
});
