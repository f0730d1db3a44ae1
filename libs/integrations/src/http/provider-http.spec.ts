import { z } from 'zod';
import { anyCall, clientTools, refusalOf, type TestTools } from '../../../../test/simulators/client-tools';
import type { FaultInput } from '../../../../test/simulators/faults';
import { HttpSimulator, type Reply } from '../../../../test/simulators/http-simulator';
import { eventually } from '../../../../test/support/eventually';
import type { ProviderErrorKind } from '../provider-error';
import { ProviderHttp } from './provider-http';
import type { ProviderHttpOptions } from './provider-http-options';

/** Answers `{"ok":true}` to everything. */
class PlainSimulator extends HttpSimulator {
  protected override answer(): Reply {
    return { status: 200, body: { ok: true, padding: 'p'.repeat(2_000) } };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override controls() {
    return {};
  }

  protected override clearData(): void {
    // There is none.
  }
}

const simulator = new PlainSimulator();
const clients: ProviderHttp[] = [];
const spec = { path: '/things/a%20b', endpoint: '/things/{id}', schema: z.object({ ok: z.literal(true) }) };

function client(options: Partial<ProviderHttpOptions> = {}, tools: TestTools = clientTools()) {
  const http = new ProviderHttp(
    {
      provider: 'discogs',
      baseUrl: simulator.url,
      timeoutMs: 2_000,
      maxAttempts: 4,
      retryBaseDelayMs: 100,
      retryMaxDelayMs: 150,
      headers: { 'user-agent': 'WaxWatchTest/1.0' },
      throttledForMs: 60_000,
      ...options,
    },
    tools,
  );
  clients.push(http);
  return { http, tools, get: (call = {}) => http.call(spec, anyCall(call)) };
}

beforeAll(() => simulator.start());
afterAll(() => simulator.stop());
beforeEach(() => simulator.reset());
afterEach(async () => {
  jest.useRealTimers();
  await Promise.all(clients.splice(0).map((http) => http.close()));
});

describe('ProviderHttp', () => {
  it('reads a compressed JSON answer', async () => {
    const { data, status } = await client().get();
    expect([data, status]).toEqual([{ ok: true }, 200]);
    expect(simulator.journal[0]).toMatchObject({ method: 'GET', path: '/things/a%20b' });
    expect(simulator.journal[0]?.headers['user-agent']).toBe('WaxWatchTest/1.0');
  });

  it('keeps the path of the base URL, encodes the query and leaves out what is not said', async () => {
    const { http } = client({ baseUrl: `${simulator.url}/base/` });
    await http.call({ ...spec, query: { q: 'a b+c&d', none: null, page: 2 } }, anyCall());
    expect(simulator.journal[0]).toMatchObject({
      path: '/base/things/a%20b',
      query: { q: 'a b+c&d', page: '2' },
    });
  });

  const classes: [string, FaultInput, ProviderErrorKind, number | null, string, number][] = [
    ['a bad request', { kind: 'status', status: 400 }, 'invalid_request', 400, 'Discogs error 400', 1],
    ['a refused credential', { kind: 'status', status: 401 }, 'credential', 401, 'Discogs error 401', 1],
    ['a forbidden thing', { kind: 'status', status: 403 }, 'credential', 403, 'Discogs error 403', 1],
    ['a missing thing', { kind: 'status', status: 404 }, 'gone', 404, 'Discogs error 404', 1],
    ['a deleted thing', { kind: 'status', status: 410 }, 'gone', 410, 'Discogs error 410', 1],
    ['a wrong parameter', { kind: 'status', status: 422 }, 'invalid_request', 422, 'Discogs error 422', 1],
    ['too many calls', { kind: 'status', status: 429 }, 'throttled', 429, 'Discogs error 429', 1],
    ['a server error', { kind: 'status', status: 500 }, 'transient', 500, 'Discogs error 500', 4],
    ['a gateway page', { kind: 'html', status: 520 }, 'transient', 520, 'Discogs error 520', 4],
    [
      'a server error that names a wait',
      { kind: 'status', status: 503, retryAfter: '7' },
      'transient',
      503,
      'Discogs error 503',
      1,
    ],
    ['a page instead of JSON', { kind: 'html' }, 'bad_response', 200, 'Discogs unreadable response', 1],
    ['cut JSON', { kind: 'truncated' }, 'bad_response', 200, 'Discogs unreadable response', 1],
    [
      'JSON of another shape',
      { kind: 'status', status: 200, body: [] },
      'bad_response',
      200,
      'Discogs unreadable response',
      1,
    ],
    ['no body', { kind: 'empty_body' }, 'bad_response', 200, 'Discogs empty response', 1],
    [
      'a redirect',
      { kind: 'redirect', location: 'http://127.0.0.1:1/' },
      'bad_response',
      302,
      'Discogs error 302',
      1,
    ],
    ['a reset connection', { kind: 'reset' }, 'transient', null, 'Discogs network error: ECONNRESET', 4],
    ['a cut connection', { kind: 'cut' }, 'transient', 200, 'Discogs network error: UND_ERR_SOCKET', 4],
    [
      '6 MB',
      { kind: 'oversize', bytes: 6_000_000 },
      'bad_response',
      200,
      'Discogs unreadable response: answer too large',
      1,
    ],
    [
      '60 MB in a small compressed body',
      { kind: 'oversize', bytes: 60_000_000, isCompressed: true },
      'bad_response',
      200,
      'Discogs unreadable response: answer too large',
      1,
    ],
  ];

  it.each(classes)('answers %s with %j as %s', async (_what, fault, kind, status, message, attempts) => {
    simulator.inject({ ...fault, times: 10 });
    const { get, tools } = client();
    const error = await refusalOf(get({ userId: 'user-1' }));
    expect(error).toMatchObject({
      kind,
      status,
      message,
      provider: 'discogs',
      endpoint: '/things/{id}',
      method: 'GET',
    });
    expect(error.durationMs).toBeGreaterThanOrEqual(0);
    expect(simulator.journal).toHaveLength(attempts);
    expect(tools.requests.attempts).toHaveLength(attempts);
    expect(tools.requests.attempts[0]).toMatchObject({
      statusCode: status,
      error: message,
      userId: 'user-1',
    });
    expect(tools.requests.attempts[0]?.errorKind).toBe(kind);
  });

  it('does not repeat what the provider wrote', async () => {
    simulator.inject({ kind: 'status', status: 400, body: { message: 'secret-of-theirs' } });
    const error = await refusalOf(client().get());
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('secret-of-theirs');
  });

  it('calls an address where nobody listens a network error', async () => {
    const { get } = client({ baseUrl: 'http://127.0.0.1:9' });
    expect(await refusalOf(get())).toMatchObject({
      kind: 'transient',
      message: 'Discogs network error: ECONNREFUSED',
    });
  });

  it('comes through a short failure, waiting with full jitter below an exponential ceiling', async () => {
    simulator.inject({ kind: 'status', status: 502, times: 3 });
    const { get, tools } = client();
    expect((await get()).data).toEqual({ ok: true });
    expect(tools.sleeps).toEqual([50, 75, 75]);
    expect(tools.requests.attempts.map(({ statusCode }) => statusCode)).toEqual([502, 502, 502, 200]);
  });

  it.each([0, 1])('makes at least one attempt, and no more than configured (%p)', async (maxAttempts) => {
    simulator.inject({ kind: 'status', status: 502, times: 3 });
    await refusalOf(client({ maxAttempts }).get());
    expect(simulator.journal).toHaveLength(1);
  });
});

describe('ProviderHttp in time', () => {
  it('tries again when no headers come', async () => {
    simulator.inject({ kind: 'hang' });
    const { get, tools } = client({ headersTimeoutMs: 100 });
    expect((await get()).status).toBe(200);
    expect(tools.requests.attempts.map(({ error }) => error)).toEqual([
      'Discogs did not answer in time',
      null,
    ]);
  });

  it.each<FaultInput>([
    { kind: 'drip', everyMs: 20, times: 9 },
    { kind: 'hang', times: 9 },
    { kind: 'latency', ms: 900, times: 9 },
  ])('ends the whole call at its deadline: %j', async (fault) => {
    simulator.inject(fault);
    const startedAt = performance.now();
    const error = await refusalOf(client({ timeoutMs: 300 }).get());
    expect(error).toMatchObject({ kind: 'timeout', message: 'Discogs did not answer in time' });
    expect(performance.now() - startedAt).toBeLessThan(800);
    expect(simulator.journal).toHaveLength(1);
  });

  it('ends when the caller does, running or waiting', async () => {
    simulator.inject({ kind: 'hang', times: 9 });
    const { get, tools } = client({ maxConcurrent: 1 });
    const leaving = new AbortController();
    const calls = [get({ signal: leaving.signal }), get({ signal: leaving.signal })].map(refusalOf);
    setTimeout(() => leaving.abort(), 50);
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ kind: 'timeout', message: 'Discogs call was cancelled' });
    }
    expect(simulator.journal).toHaveLength(1);
    expect(tools.requests.attempts).toHaveLength(1);
  });

  it('lets a caller leave who waits behind a call that goes on', async () => {
    simulator.inject({ kind: 'latency', ms: 500 });
    const { get } = client({ maxConcurrent: 1 });
    const running = get();
    const leaving = new AbortController();
    const waiting = refusalOf(get({ signal: leaving.signal }));
    await eventually(() => expect(simulator.journal).toHaveLength(1));
    const startedAt = performance.now();
    leaving.abort();
    expect(await waiting).toMatchObject({ kind: 'timeout', message: 'Discogs call was cancelled' });
    expect(performance.now() - startedAt).toBeLessThan(300);
    expect((await running).status).toBe(200);
    expect(simulator.journal).toHaveLength(1);
  });

  it('sends nothing for a caller who has left already', async () => {
    const error = await refusalOf(client().get({ signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ kind: 'timeout', message: 'Discogs call was cancelled' });
    expect(simulator.journal).toHaveLength(0);
  });
});

describe('ProviderHttp and a provider that wants to be left alone', () => {
  it.each([
    ['7', 7_000],
    ['86400', 15 * 60_000],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['soon', 60_000],
    [undefined, 60_000],
  ])('pauses for Retry-After %p without sleeping on it', async (retryAfter, waitMs) => {
    simulator.inject({ kind: 'status', status: 429, ...(retryAfter === undefined ? {} : { retryAfter }) });
    const { get, tools } = client();
    expect(await refusalOf(get())).toMatchObject({ kind: 'throttled', retryAfterMs: waitMs });
    expect(tools.sleeps).toEqual([]);
    expect(await refusalOf(get())).toMatchObject({ kind: 'unavailable', retryAfterMs: waitMs });
    expect(simulator.journal).toHaveLength(1);
    tools.time.nowMs += waitMs;
    expect((await get()).status).toBe(200);
  });

  it("does not stop for one user's bad credential", async () => {
    simulator.inject({ kind: 'status', status: 401 });
    const { http, get } = client();
    await refusalOf(http.call({ ...spec, credential: 'user' }, anyCall()));
    expect((await get()).status).toBe(200);
  });

  it('takes every attempt from the budget, and stops retrying when that is empty', async () => {
    simulator.inject({ kind: 'status', status: 502, times: 9 });
    const tools = clientTools({ limits: { discogs: { limit: 3, windowMs: 60_000, reserved: 1 } } });
    expect(await refusalOf(client({}, tools).get())).toMatchObject({ kind: 'budget_exhausted' });
    expect(simulator.journal).toHaveLength(2);
  });
});

describe('ProviderHttp breaker', () => {
  it('opens after five failed attempts in a row, tests once after 30 s, and closes', async () => {
    jest.useFakeTimers({
      doNotFake: [
        'setTimeout',
        'clearTimeout',
        'setImmediate',
        'clearImmediate',
        'setInterval',
        'clearInterval',
        'nextTick',
        'queueMicrotask',
        'performance',
        'hrtime',
      ],
      now: 0,
    });
    simulator.inject({ kind: 'status', status: 500, times: 6 });
    const { get, tools } = client({ maxAttempts: 1 });
    for (let failure = 0; failure < 5; failure++) await refusalOf(get());
    expect(await refusalOf(get())).toMatchObject({ kind: 'unavailable', retryAfterMs: 30_000 });
    expect(simulator.journal).toHaveLength(5);
    jest.setSystemTime(29_999);
    expect(await refusalOf(get())).toMatchObject({ kind: 'unavailable' });
    jest.setSystemTime(30_001);
    expect(await refusalOf(get())).toMatchObject({ kind: 'transient', status: 500 });
    expect(await refusalOf(get())).toMatchObject({ kind: 'unavailable' });
    expect(simulator.journal).toHaveLength(6);
    jest.setSystemTime(60_002);
    expect((await get()).status).toBe(200);
    expect((await get()).status).toBe(200);
    expect(tools.metrics.breakers).toEqual([true, true, false]);
  });

  it('counts a refusal as a sign of life and a cancelled call as nothing', async () => {
    const { get } = client({ maxAttempts: 1 });
    simulator.inject({ kind: 'status', status: 500, times: 4 });
    for (let failure = 0; failure < 4; failure++) await refusalOf(get());
    await refusalOf(get({ signal: AbortSignal.abort() }));
    simulator.inject({ kind: 'status', status: 404 });
    simulator.inject({ kind: 'status', status: 500, times: 4 });
    for (let failure = 0; failure < 5; failure++) await refusalOf(get());
    expect((await get()).status).toBe(200);
  });

  it('refuses at once when too many calls wait', async () => {
    simulator.inject({ kind: 'latency', ms: 100, times: 9 });
    const { get } = client({ maxConcurrent: 1, maxQueued: 1 });
    const calls = [get(), get(), refusalOf(get())] as const;
    expect(await calls[2]).toMatchObject({ kind: 'unavailable', message: 'Discogs is busy' });
    expect((await calls[0]).status + (await calls[1]).status).toBe(400);
  });
});
