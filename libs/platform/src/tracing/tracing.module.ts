import { type DynamicModule, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../config/app-config';
import { headersIn } from '../config/env-fields';
import { OtelTracer } from './otel-tracer';
import { Tracing } from './tracing';

async function startTracing(config: AppConfig, serviceName: string): Promise<Tracing> {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return new Tracing();
  const tracer = await OtelTracer.start({
    endpoint,
    headers: headersIn(config.OTEL_EXPORTER_OTLP_HEADERS),
    ratio: config.OTEL_TRACES_SAMPLER_ARG,
    serviceName,
    environment: config.environment,
  });
  return new Tracing(tracer);
}

/** Waits at the end for the spans that are under way. */
@Injectable()
class SpansInTime implements OnApplicationShutdown {
  constructor(private readonly tracing: Tracing) {}

  async onApplicationShutdown(): Promise<void> {
    await this.tracing.flush();
  }
}

/** `Tracing`, by OpenTelemetry where an endpoint is set, else off. */
@Module({})
export class TracingModule {
  static forRoot(applicationName: string): DynamicModule {
    return {
      module: TracingModule,
      global: true,
      providers: [
        {
          provide: Tracing,
          inject: [APP_CONFIG],
          useFactory: async (config: AppConfig) => await startTracing(config, applicationName),
        },
        SpansInTime,
      ],
      exports: [Tracing],
    };
  }
}
