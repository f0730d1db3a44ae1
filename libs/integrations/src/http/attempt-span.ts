import type { SpanSpec } from '@waxwatch/platform/tracing';
import type { ProviderHttpOptions } from './provider-http-options';
import type { ProviderRequestSpec } from './request-spec';

/** The span of one attempt, by template and never by address. The provider is told nothing of our traces. */
export function attemptSpan(
  { provider, baseUrl }: Pick<ProviderHttpOptions, 'provider' | 'baseUrl'>,
  { method = 'GET', endpoint }: Pick<ProviderRequestSpec<unknown>, 'method' | 'endpoint'>,
  number: number,
): SpanSpec {
  return {
    name: `${method} ${endpoint}`,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'url.template': endpoint,
      'server.address': new URL(baseUrl).hostname,
      'waxwatch.provider': provider,
      'waxwatch.attempt': number,
    },
  };
}
