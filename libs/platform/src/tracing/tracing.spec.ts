import { OtlpSimulator } from '../../../../test/simulators/otlp/otlp-simulator';
import { currentCorrelation, runCorrelated } from '../correlation/correlation';
import { OtelTracer } from './otel-tracer';
import { type SpanSpec, Tracing } from './tracing';

const PARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const UNSAMPLED = PARENT.replace(/01$/, '00');
const SPAN: SpanSpec = { name: 'work', kind: 'client', attributes: { a: 1 } };

const collector = new OtlpSimulator();

async function tracingWith(ratio: number): Promise<Tracing> {
  const settings = {
    endpoint: collector.url,
    headers: {},
    serviceName: 'waxwatch-test',
    environment: 'test',
    timeoutMs: 500,
  };
  return new Tracing(await OtelTracer.start({ ...settings, ratio }));
}

/** Work that tells what it belongs to. */
const look = async () => await Promise.resolve(currentCorrelation());

describe('Tracing that is off', () => {
  it('does the work and nothing else', async () => {
    const tracing = new Tracing();

    expect(await runCorrelated({ requestId: 'r' }, async () => await tracing.inSpan(SPAN, look))).toEqual({
      requestId: 'r',
    });
    expect(tracing.isOn).toBe(false);
    expect(tracing.begin(SPAN)).toBeUndefined();
    await expect(tracing.flush()).resolves.toBeUndefined();
  });
});

describe('Tracing by OpenTelemetry', () => {
  beforeAll(() => collector.start());
  afterAll(() => collector.stop());
  beforeEach(() => collector.reset());

  it('begins traces, and has what runs inside belong to them', async () => {
    const tracing = await tracingWith(1);

    const { traceparent } = await tracing.inSpan(SPAN, look);
    await tracing.flush();

    const [span] = collector.spans;
    expect(span).toMatchObject({
      name: 'work',
      kind: 'client',
      parentSpanId: null,
      service: 'waxwatch-test',
      isFailed: false,
    });
    expect(span?.attributes).toEqual({ a: 1 });
    expect(traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-01`);
  });

  it('goes on with the trace that it belongs to, also when that came from another process', async () => {
    const tracing = await tracingWith(0);

    await runCorrelated({ traceparent: PARENT, requestId: 'r' }, async () => {
      const inside = await tracing.inSpan(SPAN, look);
      expect(inside.requestId).toBe('r');
    });
    await tracing.flush();

    expect(collector.spans[0]).toMatchObject({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentSpanId: '00f067aa0ba902b7',
    });
  });

  it.each([
    ['a trace that is not kept', 1, UNSAMPLED],
    ['a new trace that is not drawn', 0, undefined],
  ])('sends nothing of %s, and says so to whoever goes on', async (_name, ratio, traceparent) => {
    const tracing = await tracingWith(ratio);

    const inside = await runCorrelated({ traceparent }, async () => await tracing.inSpan(SPAN, look));
    await tracing.flush();

    expect(collector.journal).toEqual([]);
    expect(inside.traceparent).toMatch(/-00$/);
  });

  it('tells the class of an error, never its text', async () => {
    const tracing = await tracingWith(1);
    const error = Object.assign(new Error('secret text'), { kind: 'throttled' });

    await expect(tracing.inSpan(SPAN, async () => await Promise.reject(error))).rejects.toBe(error);
    await tracing.flush();

    expect(collector.spans[0]).toMatchObject({ isFailed: true, attributes: { 'error.type': 'throttled' } });
    expect(collector.journal[0]?.body).not.toContain('secret text');
  });

  it.each([
    ['refuses', { kind: 'status' as const, status: 400, times: 100 }],
    ['does not answer', { kind: 'hang' as const, times: 100 }],
  ])('does not mind a collector that %s', async (_name, fault) => {
    collector.inject(fault);
    const tracing = await tracingWith(1);

    expect(await tracing.inSpan(SPAN, async () => await Promise.resolve(7))).toBe(7);
    await expect(tracing.flush()).resolves.toBeUndefined();
  });
});
