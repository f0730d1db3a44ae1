import type { ProviderCall } from '../listing-provider';
import { ProviderHttp } from '../http/provider-http';
import type { ProviderHttpOptions, ProviderHttpTools } from '../http/provider-http-options';
import type { ProviderAnswer, ProviderRequestSpec } from '../http/request-spec';
import { cleanText } from '../listing-text';
import { isProviderError } from '../provider-error';
import { readEbayRefusal } from './ebay-refusal';
import { EbayToken, type EbayCredentials } from './ebay-token';

export interface EbayApiOptions {
  credentials: EbayCredentials;
  http: Pick<
    ProviderHttpOptions,
    | 'baseUrl'
    | 'timeoutMs'
    | 'maxAttempts'
    | 'retryBaseDelayMs'
    | 'retryMaxDelayMs'
    | 'headersTimeoutMs'
    | 'breakerOpenMs'
  >;
}

/** eBay's REST APIs, called with the application token of the keyset. */
export class EbayApi {
  private readonly http: ProviderHttp;
  private readonly token: EbayToken;

  constructor(options: EbayApiOptions, tools: ProviderHttpTools) {
    this.http = new ProviderHttp(
      {
        ...options.http,
        provider: 'ebay',
        headers: {},
        throttledForMs: 60_000,
        readRefusal: (status, body) => readEbayRefusal(status, body, tools.now()),
        describeHeaders: (headers) => ({
          request_id: cleanText(headers['x-ebay-request-id'] ?? headers['x-ebay-c-request-id'], 100),
          rate_limit_remaining: cleanText(headers['x-ebay-c-remaining-request-limit'], 20),
        }),
      },
      tools,
    );
    this.token = new EbayToken(this.http, options.credentials, tools.now);
  }

  /** Calls with the shared token; one that eBay no longer takes is minted anew, once. Throws `ProviderError`. */
  async request<T>(spec: ProviderRequestSpec<T>, call: ProviderCall): Promise<ProviderAnswer<T>> {
    const token = await this.token.get(call);
    try {
      return await this.http.call({ ...authorised(spec, token), toleratedStatus: 401 }, call);
    } catch (error) {
      if (!isProviderError(error) || error.kind !== 'credential' || error.status !== 401) throw error;
      this.token.invalidate(token);
      return await this.http.call(authorised(spec, await this.token.get(call)), call);
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.http.close();
  }
}

function authorised<T>(spec: ProviderRequestSpec<T>, token: string): ProviderRequestSpec<T> {
  return { ...spec, headers: { ...spec.headers, authorization: `Bearer ${token}` } };
}
