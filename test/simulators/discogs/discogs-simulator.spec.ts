import { DISCOGS_KEYS, DiscogsSimulator } from './discogs-simulator';

const simulator = new DiscogsSimulator();
const AGENT = 'SimulatorSpec/1.0';

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

async function call(
  path: string,
  authorization?: string,
  init: { method?: string; agent?: string } = {},
): Promise<Answer> {
  const headers = {
    'user-agent': init.agent ?? AGENT,
    ...(authorization === undefined ? {} : { authorization }),
  };
  const response = await fetch(simulator.url + path, { method: init.method ?? 'GET', headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, body };
}

const token = (name: string) => `Discogs token=${name}`;

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());

describe('Discogs simulator: who may call', () => {
  it.each(['', 'node', 'undici', 'python-requests/2.31', 'curl/8.0'])(
    'refuses the agent %p with a page',
    async (agent) => {
      const answer = await call('/database/search?q=x', token(DISCOGS_KEYS.token), { agent });
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('<html>');
    },
  );

  it.each([
    [undefined, 200, '25'],
    [`Discogs key=${DISCOGS_KEYS.consumerKey}, secret=${DISCOGS_KEYS.consumerSecret}`, 200, '60'],
    [token(DISCOGS_KEYS.token), 200, '60'],
    [token('wrong'), 401, '25'],
    ['Discogs key=x, secret=y', 401, '25'],
    ['Bearer x', 401, '25'],
  ])('answers %p with %p and a limit of %p', async (authorization, status, limit) => {
    const answer = await call('/database/search?q=x', authorization);
    expect([answer.status, answer.headers.get('x-discogs-ratelimit')]).toEqual([status, limit]);
  });

  it('knows users by their token', async () => {
    simulator.addUser({ username: 'alice', token: 'alice-token' });
    expect((await call('/oauth/identity', token('alice-token'))).body).toMatchObject({ username: 'alice' });
    const anonymous = await call('/oauth/identity', token(DISCOGS_KEYS.token));
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toContain('OAuth');
  });
});

describe('Discogs simulator: rate limits', () => {
  it('counts a moving minute by address, and names no wait in its refusal', async () => {
    simulator.clock.stopAt(new Date('2026-01-01T00:00:00Z'));
    for (let n = 0; n < 25; n++) await call('/database/search?q=x');
    const refused = await call('/database/search?q=x');
    expect(refused).toMatchObject({ status: 429, body: { message: 'You are making requests too quickly.' } });
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(refused.headers.get('x-discogs-ratelimit-remaining')).toBe('0');
    // More room with a credential, on the same count.
    const known = await call('/database/search?q=x', token(DISCOGS_KEYS.token));
    expect([known.status, known.headers.get('x-discogs-ratelimit-used')]).toEqual([200, '26']);
    simulator.clock.advance(60_000);
    expect((await call('/database/search?q=x')).headers.get('x-discogs-ratelimit-remaining')).toBe('24');
  });

  it('lets the used count run backwards on request', async () => {
    simulator.limits.isUsedJumpy = true;
    const used: number[] = [];
    for (let n = 0; n < 4; n++) {
      used.push(Number((await call('/database/search?q=x')).headers.get('x-discogs-ratelimit-used')));
    }
    expect(used).not.toEqual([...used].sort((a, b) => a - b));
  });
});

describe('Discogs simulator: catalogue and marketplace', () => {
  it('clamps the page size and links the pages', async () => {
    for (let n = 0; n < 120; n++) simulator.addRelease({ title: `Many ${n}` });
    const first = await call('/database/search?q=many&per_page=500');
    expect(first.body).toMatchObject({ pagination: { page: 1, pages: 2, items: 120, per_page: 100 } });
    expect(first.headers.get('link')).toContain('rel="next"');
    const second = await call('/database/search?q=many&per_page=100&page=2');
    expect(second.body.pagination).toMatchObject({
      urls: { first: expect.any(String) as string, prev: expect.any(String) as string },
    });
    expect((await call('/database/search?q=many&page=9')).status).toBe(404);
    expect((await call('/database/search?q=nothing')).body).toMatchObject({
      pagination: { pages: 1, urls: {} },
      results: [],
    });
  });

  it('gives years as text, missing masters as 0 and relative links', async () => {
    simulator.addRelease({ id: 7, artist: 'Can', title: 'Ege Bamyasi', year: 1972 });
    const { body } = await call('/database/search?q=can');
    expect(body.results).toEqual([
      expect.objectContaining({
        year: '1972',
        master_id: 0,
        uri: '/Can-Ege-Bamyasi/release/7',
        title: 'Can - Ege Bamyasi',
      }),
    ]);
  });

  it('says null where nothing is for sale or sales are blocked', async () => {
    simulator.addRelease({ id: 7, title: 'A' });
    simulator.addRelease({ id: 8, title: 'B', lowestPrice: 5, numForSale: 2, isBlocked: true });
    simulator.addRelease({ id: 9, title: 'C', lowestPrice: 10, numForSale: 2 });
    const stats = async (path: string) => (await call(`/marketplace/stats/${path}`)).body;
    expect(await stats('7')).toEqual({ lowest_price: null, num_for_sale: null, blocked_from_sale: false });
    expect(await stats('8')).toEqual({ lowest_price: null, num_for_sale: null, blocked_from_sale: true });
    expect(await stats('9?curr_abbr=EUR')).toMatchObject({
      lowest_price: { currency: 'EUR', value: 9 },
      num_for_sale: 2,
    });
  });

  it('has no way to list the copies of a release', async () => {
    expect((await call('/marketplace/listings?release_id=7')).status).toBe(405);
  });

  it.each([
    ['/database/search?type=spaceship', 422, 'detail'],
    ['/users/shop/inventory?status=Gone', 422, 'message'],
    ['/releases/1', 404, 'message'],
    ['/masters/1', 404, 'message'],
    ['/nowhere', 404, 'message'],
  ])('answers %s with %p', async (path, status, field) => {
    const answer = await call(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toHaveProperty(field);
  });
});

describe('Discogs simulator: people', () => {
  it('keeps private things for their owner', async () => {
    simulator.addRelease({ id: 7, title: 'A' });
    const collection = [{ releaseId: 7 }, { releaseId: 7 }];
    simulator.addUser({ username: 'alice', token: 'alice-token', wants: [7], collection, isPrivate: true });
    for (const path of ['/users/alice/wants', '/users/alice/collection/folders/0/releases']) {
      expect((await call(path)).status).toBe(403);
      expect((await call(path, token('alice-token'))).status).toBe(200);
    }
    const own = await call('/users/alice/collection/folders/0/releases', token('alice-token'));
    const instances = (own.body.releases as { instance_id: number }[]).map(({ instance_id: id }) => id);
    expect(new Set(instances).size).toBe(2);
    expect((await call('/users/bob/wants')).status).toBe(404);
  });

  it('spells the fields of a list in either way', async () => {
    simulator.addUser({ username: 'alice', token: 'alice-token', lists: [{ id: 71, name: 'Wanted' }] });
    const listsOf = async () => (await call('/users/alice/lists')).body.lists;
    expect(await listsOf()).toEqual([expect.objectContaining({ id: 71, uri: expect.any(String) as string })]);
    simulator.users.listSpelling = 'list_id';
    expect(await listsOf()).toEqual([
      expect.objectContaining({ list_id: 71, url: expect.any(String) as string }),
    ]);
    expect((await call('/lists/71')).body).toMatchObject({ list_id: 71, items: [] });
  });

  it('lets the owner change the wantlist', async () => {
    simulator.addRelease({ id: 7, title: 'A' });
    simulator.addUser({ username: 'alice', token: 'alice-token' });
    const change = async (method: string, authorization?: string) =>
      (await call('/users/alice/wants/7', authorization, { method })).status;
    expect(await change('PUT')).toBe(401);
    expect(await change('PUT', token('alice-token'))).toBe(201);
    expect(await change('POST', token('alice-token'))).toBe(200);
    expect((await call('/users/alice/wants')).body.wants).toHaveLength(1);
    expect(await change('DELETE', token('alice-token'))).toBe(204);
    expect((await call('/users/alice/wants')).body.wants).toHaveLength(0);
  });

  it("shows others only what is for sale of a seller's copies", async () => {
    simulator.addRelease({ id: 7, title: 'A' });
    simulator.addUser({ username: 'shop', token: 'shop-token' });
    const { id } = simulator.addListing({ releaseId: 7, seller: 'shop', price: 20 });
    simulator.addListing({ releaseId: 7, seller: 'shop', price: 20, status: 'Sold' });
    expect((await call('/users/shop/inventory')).body.listings).toHaveLength(1);
    expect((await call('/users/shop/inventory', token('shop-token'))).body.listings).toHaveLength(2);
    expect((await call('/users/shop/inventory?page=101')).status).toBe(403);
    expect((await call(`/marketplace/listings/${id}`)).body).toMatchObject({
      price: { currency: 'USD', value: 20 },
    });
    expect((await call('/marketplace/listings/1')).status).toBe(404);
  });
});
