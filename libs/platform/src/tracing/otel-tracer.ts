import type { Span, SpanContext, SpanKind, SpanStatusCode, Tracer as ApiTracer } from '@opentelemetry/api';
import type { TracerProvider } from '@opentelemetry/sdk-trace';
import type { OpenSpan, SpanAttributes, SpanSpec, Tracer } from './tracing';

const EXPORT_TIMEOUT_MS = 5000;
const FLUSH_MS = 2000;
const SAMPLED = 1;

type Api = typeof import('@opentelemetry/api');

export interface OtelSettings {
  /** Where OTLP over HTTP is taken, without `/v1/traces`. */
  endpoint: string;
  headers: Record<string, string>;
  /** Share of traces that are kept, 0 to 1. */
  ratio: number;
  /** `waxwatch-api` or `waxwatch-worker`. */
  serviceName: string;
  environment: string;
  /** What the collector is given for one batch, retries included. */
  timeoutMs?: number;
}

/** Spans through OpenTelemetry, by OTLP over HTTP. Its packages are loaded by `start` and not before. */
export class OtelTracer implements Tracer {
  private constructor(
    private readonly api: Api,
    private readonly provider: TracerProvider,
    private readonly tracer: ApiTracer,
  ) {}

  static async start(settings: OtelSettings): Promise<OtelTracer> {
    const { timeoutMs = EXPORT_TIMEOUT_MS } = settings;
    const api = await import('@opentelemetry/api');
    const sdk = await import('@opentelemetry/sdk-trace');
    const { resourceFromAttributes } = await import('@opentelemetry/resources');
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    const exporter = new OTLPTraceExporter({
      url: `${settings.endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: settings.headers,
      timeoutMillis: timeoutMs,
    });
    const provider = new sdk.TracerProvider({
      resource: resourceFromAttributes({
        'service.name': settings.serviceName,
        'service.namespace': 'waxwatch',
        'deployment.environment.name': settings.environment,
      }),
      sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(settings.ratio) }),
      // What is not taken away in time is dropped; nothing waits for it.
      spanProcessors: [
        new sdk.BatchSpanProcessor({
          exporter,
          scheduledDelayMillis: 1000,
          exportTimeoutMillis: timeoutMs,
        }),
      ],
    });
    // Not registered globally: no library may find it and trace what we did not choose.
    return new OtelTracer(api, provider, provider.getTracer('waxwatch'));
  }

  begin({ name, kind, attributes }: SpanSpec, parent: string | undefined): OpenSpan {
    const { ROOT_CONTEXT, trace } = this.api;
    const context = parent ? trace.setSpanContext(ROOT_CONTEXT, spanContextOf(parent)) : ROOT_CONTEXT;
    const span = this.tracer.startSpan(name, { kind: this.kindOf(kind), attributes }, context);
    return new OtelSpan(span, this.api.SpanStatusCode.ERROR);
  }

  async flush(): Promise<void> {
    // Rejects when the collector is away, which is no reason to fail at the end.
    await this.provider.forceFlush({ timeoutMillis: FLUSH_MS }).catch(() => undefined);
  }

  private kindOf(kind: SpanSpec['kind']): SpanKind {
    const { SpanKind } = this.api;
    const kinds = {
      server: SpanKind.SERVER,
      producer: SpanKind.PRODUCER,
      consumer: SpanKind.CONSUMER,
      client: SpanKind.CLIENT,
    };
    return kinds[kind];
  }
}

class OtelSpan implements OpenSpan {
  readonly traceparent: string;

  constructor(
    private readonly span: Span,
    private readonly errorCode: SpanStatusCode,
  ) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  note(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  end(errorType?: string): void {
    if (errorType !== undefined) {
      this.span.setAttribute('error.type', errorType);
      this.span.setStatus({ code: this.errorCode });
    }
    this.span.end();
  }
}

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true };
}
