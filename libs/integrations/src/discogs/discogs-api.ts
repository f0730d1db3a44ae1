import { ProviderHttp } from '../http/provider-http';
import type { ProviderHttpOptions, ProviderHttpTools } from '../http/provider-http-options';
import type { ProviderRequestSpec } from '../http/request-spec';
import type { ProviderCall } from '../listing-provider';
import { cleanText } from '../listing-text';

/** Discogs sends no `Retry-After` with its 429; its window clears after 60 s without requests. */
const THROTTLED_FOR_MS = 60_000;

export interface DiscogsApiOptions {
  /** Unique to this installation, for example `WaxWatch/1.0 +https://waxwatch.example`: Discogs refuses others. */
  userAgent: string;
  /** The application's personal access token; empty where it has none. */
  token: string;
  /** Consumer key and secret, which do as well for what belongs to nobody. */
  consumer?: { key: string; secret: string } | null;
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

export type DiscogsRequest<T> = Pick<
  ProviderRequestSpec<T>,
  | 'path'
  | 'endpoint'
  | 'schema'
  | 'query'
  | 'method'
  | 'format'
  | 'toleratedStatus'
  | 'describe'
  /** A user's own; absent means the application's token. */
  | 'authorization'
>;

/**
 * The Discogs API with its credentials. All calls of all users share one budget, because Discogs counts by source
 * address.
 */
export class DiscogsApi {
  private readonly http: ProviderHttp;

  constructor(
    private readonly options: DiscogsApiOptions,
    tools: ProviderHttpTools,
  ) {
    this.http = new ProviderHttp(
      {
        ...options.http,
        provider: 'discogs',
        headers: { 'user-agent': options.userAgent },
        throttledForMs: THROTTLED_FOR_MS,
        describeHeaders: (headers) => ({
          headers: {
            'Retry-After': cleanText(headers['retry-after'], 60),
            'X-Discogs-Ratelimit': cleanText(headers['x-discogs-ratelimit'], 20),
            'X-Discogs-Ratelimit-Remaining': cleanText(headers['x-discogs-ratelimit-remaining'], 20),
            'X-Discogs-Ratelimit-Used': cleanText(headers['x-discogs-ratelimit-used'], 20),
          },
          rate_limit: toCount(headers['x-discogs-ratelimit']),
          rate_limit_remaining: toCount(headers['x-discogs-ratelimit-remaining']),
          rate_limit_used: toCount(headers['x-discogs-ratelimit-used']),
        }),
      },
      tools,
    );
  }

  /** Throws `ProviderError`: `gone` for unknown ids, `credential` for a refused token, and the usual ones. */
  async request<T>(request: DiscogsRequest<T>, call: ProviderCall): Promise<T> {
    const credential = request.authorization === undefined ? 'app' : 'user';
    const authorization = request.authorization ?? (() => this.ownAuthorization());
    return (await this.http.call({ ...request, authorization, credential }, call)).data;
  }

  private ownAuthorization(): string {
    const { token, consumer } = this.options;
    if (token === '' && consumer) return `Discogs key=${consumer.key}, secret=${consumer.secret}`;
    return `Discogs token=${token}`;
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    await this.http.close();
  }
}

function toCount(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : null;
}
