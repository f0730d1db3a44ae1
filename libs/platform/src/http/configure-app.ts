import type { NestExpressApplication } from '@nestjs/platform-express';
import { APP_CONFIG, type AppConfig } from '../config/app-config';
import { Metrics } from '../metrics/metrics';
import { GlobalLimit } from '../rate-limit/global-limit';
import { Tracing } from '../tracing/tracing';
import { accessLog } from './access-log';
import { bodyParser } from './body';
import { ContractValidationPipe } from './contract-validation.pipe';
import { cors } from './cors';
import { EnvelopeFilter } from './envelope.filter';
import { limitRequests } from './limit-requests';
import { answerMalformedRequests } from './malformed-requests';
import { assignRequestId } from './request-id';
import { checkRoute, RouteTable } from './route-table';
import { securityHeaders } from './security-headers';
import { traceRequests } from './trace-requests';

/**
 * Everything between the socket and the router, in the order of the contract: request id, log, cross-origin
 * rules, request budget, route and method, body. Tests and both processes configure their app with this and
 * nothing else.
 */
export function configureApp(app: NestExpressApplication): void {
  const config = app.get<AppConfig>(APP_CONFIG);
  const express = app.getHttpAdapter().getInstance();
  app.set('trust proxy', config.TRUSTED_PROXY_HOPS);
  app.disable('x-powered-by');
  app.set('etag', false);
  const tracing = app.get(Tracing);
  app.use(
    assignRequestId,
    ...(tracing.isOn ? [traceRequests(tracing)] : []),
    accessLog(app.get(Metrics)),
    securityHeaders({
      contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
      hsts: config.isProductionLike,
    }),
    cors(config),
    limitRequests(app.get(GlobalLimit)),
    checkRoute(new RouteTable(express)),
    bodyParser(),
  );
  app.useGlobalPipes(new ContractValidationPipe());
  app.useGlobalFilters(new EnvelopeFilter());
  const server = app.getHttpServer();
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 65_000;
  answerMalformedRequests(server);
}
