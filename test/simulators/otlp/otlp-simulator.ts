import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';

const PATH = '/v1/traces';

const value = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
  boolValue: z.boolean().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const span = z.looseObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z.string().optional(),
  name: z.string().min(1),
  kind: z.int(),
  attributes,
  status: z.looseObject({ code: z.int().optional() }).optional(),
});
const exportIn = z.object({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const FAILED = 2;

export interface TakenSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  kind: string;
  service: string;
  isFailed: boolean;
  attributes: Record<string, string | number | boolean>;
}

/** A collector as far as traces in JSON: https://opentelemetry.io/docs/specs/otlp/#otlphttp. */
export class OtlpSimulator extends HttpSimulator {
  readonly spans: TakenSpan[] = [];

  protected override answer(request: SimulatedRequest): Reply {
    if (request.method !== 'POST' || request.path !== PATH) return { status: 404, body: '' };
    if (request.headers['content-type'] !== 'application/json') return { status: 415, body: '' };
    const { resourceSpans } = exportIn.parse(JSON.parse(request.body));
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(plain(resource.attributes)['service.name']);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((taken) => toTaken(taken, service)));
    }
    return { status: 200, body: {} };
  }

  protected override decorate(reply: Reply): Reply {
    return reply;
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.spans.length = 0;
  }

  protected override controls(): Controls {
    return { 'GET spans': () => this.spans };
  }
}

const toTaken = (taken: z.infer<typeof span>, service: string): TakenSpan => ({
  traceId: taken.traceId,
  spanId: taken.spanId,
  parentSpanId: taken.parentSpanId ?? null,
  name: taken.name,
  kind: KINDS[taken.kind] ?? 'unknown',
  service,
  isFailed: taken.status?.code === FAILED,
  attributes: plain(taken.attributes),
});

/** Attributes as they were set: OTLP names the type of each value. */
function plain(typed: z.infer<typeof attributes>): Record<string, string | number | boolean> {
  return Object.fromEntries(
    typed.map(({ key, value: { stringValue, intValue, doubleValue, boolValue } }) => [
      key,
      stringValue ?? boolValue ?? doubleValue ?? Number(intValue),
    ]),
  );
}
