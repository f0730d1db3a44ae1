import type { QueueName } from '../config/app-config';
import type { SpanAttributes } from '../tracing/tracing';

/** In the words of https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/. */
export const spanAttributes = (queue: QueueName, operation: 'send' | 'process'): SpanAttributes => ({
  'messaging.system': 'bull',
  'messaging.destination.name': queue,
  'messaging.operation.type': operation,
});
