import { anyCall, clientTools, refusalOf } from '../../../../test/simulators/client-tools';
import {
  EBAY_CLIENT_ID,
  EBAY_CLIENT_SECRET,
  EbaySimulator,
} from '../../../../test/simulators/ebay/ebay-simulator';
import { EbayApi } from './ebay-api';
import { answerEbayChallenge, EbayNotifications } from './ebay-notifications';

const PUBLIC_KEY = '/commerce/notification/v1/public_key/';
/** From the test data of eBay's public event-notification SDK. */
const VECTOR = {
  kid: '9936261a-7d7b-4621-a0f1-96ccb428af49',
  key: '-----BEGIN PUBLIC KEY-----MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZhhxXKtR+TOvtDbgTPCkSof02qgBB7IsYOyf76ilExJ/upAa/vKIKheOoCyOpcLmi4t0b4uepb7LLjmMr90FUg==-----END PUBLIC KEY-----',
  header:
    'eyJhbGciOiJlY2RzYSIsImtpZCI6Ijk5MzYyNjFhLTdkN2ItNDYyMS1hMGYxLTk2Y2NiNDI4YWY0OSIsInNpZ25hdHVyZSI6Ik1FWUNJUUNmeGZJV3V4bVdjSUJRSjljNS9YN2lHREpxczJSQ0dzQkVhQWppbnlycmZBSWhBSVY2d0djVGlCdVY1S0pVaWYyaG9reXJMK1E5c3NIa2FkK214Mm5FRTI1dyIsImRpZ2VzdCI6IlNIQTEifQ==',
  body: '{"metadata":{"topic":"MARKETPLACE_ACCOUNT_DELETION","schemaVersion":"1.0","deprecated":false},"notification":{"notificationId":"49feeaeb-4982-42d9-a377-9645b8479411_33f7e043-fed8-442b-9d44-791923bd9a6d","eventDate":"2021-03-19T20:43:59.462Z","publishDate":"2021-03-19T20:43:59.679Z","publishAttemptCount":1,"data":{"username":"test_user","userId":"ma8vp1jySJC","eiasToken":"nY+sHZ2PrBmdj6wVnY+sEZ2PrA2dj6wJnY+gAZGEpwmdj6x9nY+seQ=="}}}', // gitleaks:allow: published by eBay
};

const simulator = new EbaySimulator();
const apis: EbayApi[] = [];

function client() {
  const tools = clientTools();
  const api = new EbayApi(
    {
      credentials: {
        clientId: EBAY_CLIENT_ID,
        clientSecret: EBAY_CLIENT_SECRET,
        scope: 'https://api.ebay.com/oauth/api_scope',
      },
      http: {
        baseUrl: simulator.url,
        timeoutMs: 2_000,
        maxAttempts: 1,
        retryBaseDelayMs: 1,
        retryMaxDelayMs: 1,
      },
    },
    tools,
  );
  apis.push(api);
  const notifications = new EbayNotifications(api, tools.now);
  const isGenuine = async (body: string, header?: string) =>
    await notifications.isGenuine(Buffer.from(body), header, anyCall({ priority: 'interactive' }));
  return { tools, isGenuine };
}

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => {
  simulator.reset();
  simulator.clock.set(new Date('2026-03-01T12:00:00Z'));
});
afterEach(async () => {
  await Promise.all(apis.splice(0).map((api) => api.close()));
});

describe('answerEbayChallenge', () => {
  it('hashes code, token and endpoint', () => {
    expect(
      answerEbayChallenge(
        'a8628072-3d33-45ee-9004-bee86830a22d',
        'waxwatch-verification-token-0123456789abcd',
        'https://api.waxwatch.example/api/webhooks/ebay/account-deletion',
      ),
    ).toBe('0934cd3982a1e4d0f3e0d3465aaeee9e77167670293b4d6294a2695e8319de39');
  });
});

describe('EbayNotifications', () => {
  it('accepts what eBay has signed in its own test data', async () => {
    simulator.notifications.serveKey(VECTOR.kid, VECTOR.key);
    expect(await client().isGenuine(VECTOR.body, VECTOR.header)).toBe(true);
  });

  it('accepts a body that was laid out anew on the way', async () => {
    simulator.notifications.serveKey(VECTOR.kid, VECTOR.key);
    const laidOut = JSON.stringify(JSON.parse(VECTOR.body), null, 2);
    expect(await client().isGenuine(laidOut, VECTOR.header)).toBe(true);
  });

  it('refuses another body, another digest, and a signature by somebody else', async () => {
    const { isGenuine } = client();
    const { body, signature } = simulator.notifications.deletionOf({ username: 'shop' });
    expect(await isGenuine(body, signature)).toBe(true);
    expect(await isGenuine(body.replace('shop', 'rival'), signature)).toBe(false);
    expect(await isGenuine(body, simulator.notifications.headerFor(body, 'SHA256'))).toBe(false);
    const { kid } = JSON.parse(Buffer.from(signature, 'base64').toString()) as { kid: string };
    simulator.notifications.rotate();
    const foreign = JSON.parse(
      Buffer.from(simulator.notifications.headerFor(body), 'base64').toString(),
    ) as object;
    const posing = Buffer.from(JSON.stringify({ ...foreign, kid })).toString('base64');
    expect(await isGenuine(body, posing)).toBe(false);
  });

  it.each([
    ['no header', undefined],
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('hello').toString('base64')],
    ['no signature', Buffer.from('{"alg":"ecdsa","kid":"a"}').toString('base64')],
    ['another algorithm', Buffer.from('{"alg":"none","kid":"a","signature":""}').toString('base64')],
    [
      'a key id that is a path',
      Buffer.from('{"alg":"ecdsa","kid":"../x","signature":""}').toString('base64'),
    ],
    ['far too much', 'A'.repeat(5_000)],
  ])('refuses %s without asking eBay', async (_name, header) => {
    expect(await client().isGenuine('{}', header)).toBe(false);
    expect(simulator.requests(PUBLIC_KEY)).toEqual([]);
  });

  it('remembers a key for an hour, and an unknown id as well', async () => {
    const { isGenuine, tools } = client();
    const { body, signature } = simulator.notifications.deletionOf({ username: 'shop' });
    await Promise.all([isGenuine(body, signature), isGenuine(body, signature)]);
    await isGenuine(body, signature);
    expect(simulator.requests(PUBLIC_KEY)).toHaveLength(1);
    expect(await isGenuine(VECTOR.body, VECTOR.header)).toBe(false);
    expect(await isGenuine(VECTOR.body, VECTOR.header)).toBe(false);
    expect(simulator.requests(PUBLIC_KEY)).toHaveLength(2);
    tools.time.nowMs += 3_600_000;
    expect(await isGenuine(body, signature)).toBe(true);
    expect(simulator.requests(PUBLIC_KEY)).toHaveLength(3);
  });

  it('asks for no more than 30 made-up keys a minute', async () => {
    const { isGenuine } = client();
    const madeUp = (n: number) =>
      Buffer.from(JSON.stringify({ alg: 'ecdsa', kid: `made-up-${n}`, signature: 'AAAA' })).toString(
        'base64',
      );
    for (let n = 0; n < 30; n++) expect(await isGenuine('{}', madeUp(n))).toBe(false);
    expect(await refusalOf(isGenuine('{}', madeUp(30)))).toMatchObject({ kind: 'budget_exhausted' });
    expect(simulator.requests(PUBLIC_KEY)).toHaveLength(30);
  });

  it('is neither held up by a paused Browse API nor pauses it', async () => {
    const { isGenuine, tools } = client();
    const { body, signature } = simulator.notifications.deletionOf({ username: 'shop' });
    await isGenuine(VECTOR.body, VECTOR.header); // has minted the token
    await tools.pauses.pause('ebay', tools.time.nowMs + 60_000);
    expect(await isGenuine(body, signature)).toBe(true);
  });

  it('says so when the key cannot be had', async () => {
    const { isGenuine } = client();
    const { body, signature } = simulator.notifications.deletionOf({ username: 'shop' });
    simulator.inject({ kind: 'status', status: 500, path: PUBLIC_KEY });
    expect(await refusalOf(isGenuine(body, signature))).toMatchObject({ kind: 'transient' });
    expect(await isGenuine(body, signature)).toBe(true);
  });
});
