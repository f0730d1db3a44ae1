import { currentCorrelation, runCorrelated } from '../correlation/correlation';

export type SpanAttributes = Record<string, string | number | boolean>;

/** A piece of work at one of our borders. Names and attributes are templates and codes: no ids, no texts, no addresses. */
export interface SpanSpec {
  name: string;
  kind: 'server' | 'producer' | 'consumer' | 'client';
  attributes: SpanAttributes;
}

export interface OpenSpan {
  readonly traceparent: string;
  rename(name: string): void;
  note(attributes: SpanAttributes): void;
  /** @param errorType a class of errors; undefined for work that went well */
  end(errorType?: string): void;
}

/** What makes spans and carries them away. */
export interface Tracer {
  /** @param parent what the work belongs to, as W3C writes it; undefined begins a trace */
  begin(spec: SpanSpec, parent: string | undefined): OpenSpan;
  flush(): Promise<void>;
}

export type Note = (attributes: SpanAttributes) => void;
const NO_NOTE: Note = () => undefined;

/** Spans of the work at our borders. Without a tracer it is off: work is called, and that is all. */
export class Tracing {
  constructor(private readonly tracer?: Tracer) {}

  get isOn(): boolean {
    return this.tracer !== undefined;
  }

  /** Begins a span that belongs to what runs now; undefined while tracing is off. */
  begin(spec: SpanSpec): OpenSpan | undefined {
    return this.tracer?.begin(spec, currentCorrelation().traceparent);
  }

  /** Does `work` as a span of its own; everything that it starts belongs to it. */
  async inSpan<T>(spec: SpanSpec, work: (note: Note) => Promise<T>): Promise<T> {
    const span = this.begin(spec);
    if (!span) return await work(NO_NOTE);
    const correlation = { ...currentCorrelation(), traceparent: span.traceparent };
    try {
      const result = await runCorrelated(
        correlation,
        async () => await work((attributes) => span.note(attributes)),
      );
      span.end();
      return result;
    } catch (error) {
      span.end(typeOf(error));
      throw error;
    }
  }

  async flush(): Promise<void> {
    await this.tracer?.flush();
  }
}

/** The finest class that an error has; never its text. */
function typeOf(error: unknown): string {
  const { kind, code, name } = (error ?? {}) as { kind?: unknown; code?: unknown; name?: unknown };
  const type = [kind, code, name].find((value) => typeof value === 'string' && /^\w{1,50}$/.test(value));
  return typeof type === 'string' ? type : 'unknown';
}
