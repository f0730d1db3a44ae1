import { randomUUID } from 'node:crypto';
import { DiscogsSimulator } from '../simulators/discogs/discogs-simulator';
import { OtlpSimulator, type TakenSpan } from '../simulators/otlp/otlp-simulator';
import { Cluster } from '../support/cluster';
import { useTestDatabase } from '../support/database';
import { linkingEnv } from '../support/discogs-account';
import { eventually } from '../support/eventually';
import type { AppProcess } from '../support/processes';
import { useTestRedis } from '../support/redis';

const PATIENCE = { timeoutMs: 60_000 };
const BASE = '/api/integrations/discogs';
const USERS_TOKEN = 'alice-token-5f3a9c1e';
const EMAIL = 'ada.lovelace@collector.example';

describe('a trace', () => {
  const database = useTestDatabase();
  const redis = useTestRedis();
  const collector = new OtlpSimulator();
  const discogs = new DiscogsSimulator();
  let cluster: Cluster;
  let worker: AppProcess;
  let token: string;
  /** Those of an import. */
  let spans: TakenSpan[];

  beforeAll(async () => {
    const endpoint = await collector.start();
    cluster = await Cluster.start({
      databaseUrl: database.url,
      redisUrl: redis.url,
      redisPrefix: redis.prefix,
      env: {
        ...linkingEnv(await discogs.start()),
        OTEL_EXPORTER_OTLP_ENDPOINT: `${endpoint}/`,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=s3cr3t%20collector',
        OTEL_TRACES_SAMPLER_ARG: '1',
        LOG_LEVEL: 'debug',
        SCHEDULER_POLL_INTERVAL_SECONDS: '3600',
        SWEEP_INTERVAL_SECONDS: '600',
      },
    });
    worker = await cluster.startWorker();
    token = await cluster.issuer.issueToken({ sub: randomUUID(), email: EMAIL });
    discogs.limits.authenticatedLimit = 100_000;
    discogs.addRelease({ id: 1, artist: 'Can', title: 'Tago Mago', masterId: null, year: 1971 });
    discogs.addUser({ username: 'Alice', token: USERS_TOKEN, wants: [1], collection: [], isPrivate: false });
    await cluster.call(token, 'POST', `${BASE}/connect`, {
      external_user_id: 'Alice',
      access_token: USERS_TOKEN,
    });
    spans = await importTraced('import-1');
  }, 180_000);
  afterAll(async () => {
    await cluster.stop();
    await discogs.stop();
    await collector.stop();
  }, 180_000);

  /** Asks for an import, as somebody whose browser has a trace of its own. The spans of the request's trace. */
  const importTraced = async (requestId: string): Promise<TakenSpan[]> => {
    const answer = await fetch(`${cluster.apiUrl}${BASE}/import?token=in-the-query`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'x-request-id': requestId,
        traceparent: '00-11111111111111111111111111111111-2222222222222222-00',
      },
      body: JSON.stringify({ source: 'wantlist' }),
    });
    expect(answer.status).toBe(200);
    return await eventually(() => {
      const request = collector.spans.find(
        ({ attributes }) => attributes['waxwatch.request_id'] === requestId,
      );
      const ours = collector.spans.filter(({ traceId }) => traceId === request?.traceId);
      expect(ours.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['server', 'producer', 'consumer', 'client']),
      );
      return ours;
    }, PATIENCE);
  };

  it('goes from the request through the job to the provider, and knows which came from which', () => {
    const one = (kind: string, name: string): TakenSpan | undefined =>
      spans.find((span) => span.kind === kind && span.name === name);

    const request = one('server', `POST ${BASE}/import`);
    const bell = one('producer', 'ring run-imports');
    const job = one('consumer', 'run-imports');
    const call = spans.find((span) => span.kind === 'client' && span.parentSpanId === job?.spanId);
    expect(request).toMatchObject({
      parentSpanId: null,
      service: 'waxwatch-api',
      attributes: { 'http.route': `${BASE}/import`, 'http.response.status_code': 200 },
    });
    expect(bell).toMatchObject({ parentSpanId: request?.spanId, service: 'waxwatch-api' });
    expect(job).toMatchObject({
      parentSpanId: bell?.spanId,
      service: 'waxwatch-worker',
      attributes: { 'messaging.destination.name': 'imports', 'waxwatch.outcome': 'done' },
    });
    expect(call).toMatchObject({
      name: 'GET /users/{username}/wants',
      service: 'waxwatch-worker',
      attributes: {
        'waxwatch.provider': 'discogs',
        'server.address': '127.0.0.1',
        'http.response.status_code': 200,
      },
    });
  });

  it('does not begin at what a stranger says, and is none of a provider’s business', () => {
    expect(spans[0]?.traceId).not.toBe('11111111111111111111111111111111');
    const told = discogs.requests().flatMap(({ headers }) => Object.keys(headers));
    expect(told).toContain('user-agent');
    expect(told.filter((name) => /trace|baggage|request-id/.test(name))).toEqual([]);
  });

  it('is named in the log lines of all processes that it goes through', async () => {
    const linesOf = ({ log }: AppProcess) =>
      log.split('\n').filter((line) => line.includes(`"trace_id":"${spans[0]?.traceId ?? ''}"`));

    await eventually(() => {
      expect(linesOf(cluster.api).join('\n')).toContain('"event":"request.end"');
      expect(linesOf(worker).join('\n')).toContain('"event":"queue.job.done"');
    });
  });

  it('holds no secrets and nothing of anybody', () => {
    const sent = JSON.stringify(collector.journal.map(({ body }) => body));
    expect(sent).not.toMatch(/alice|ada\.lovelace|in-the-query|Bearer|token=/i);
    expect(sent).not.toContain(token);
    expect(sent).not.toContain(USERS_TOKEN);
    expect(collector.journal[0]?.headers['x-collector-key']).toBe('s3cr3t collector');
    expect(`${cluster.api.log}${worker.log}`).not.toContain('s3cr3t');
  });

  it('holds up nobody whose collector does not answer', async () => {
    collector.inject({ kind: 'hang', times: 10_000 });

    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => await cluster.call(token, 'GET', `${BASE}/status`)),
    );

    expect(answers).toHaveLength(20);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});
