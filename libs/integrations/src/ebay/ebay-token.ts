import type { ProviderCall } from '../listing-provider';
import type { ProviderHttp } from '../http/provider-http';
import { ProviderError } from '../provider-error';
import { ebayTokenSchema } from './ebay.schema';

const ENDPOINT = '/identity/v1/oauth2/token';
const RENEW_BEFORE_EXPIRY_MS = 5 * 60_000;

export interface EbayCredentials {
  clientId: string;
  clientSecret: string;
  scope: string;
}

interface MintedToken {
  value: string;
  renewAtMs: number;
}

/**
 * The application token of the keyset. eBay allows 1,000 mints a day, so one token is shared by all calls of the
 * process, renewed five minutes before it expires, and minted by one call while the others wait for it.
 */
export class EbayToken {
  private current: MintedToken | null = null;
  private minting: Promise<MintedToken> | null = null;

  constructor(
    private readonly http: ProviderHttp,
    private readonly credentials: EbayCredentials,
    private readonly now: () => Date,
  ) {}

  /** A token that is good for some minutes. Throws the `ProviderError` of the mint. */
  async get(call: ProviderCall): Promise<string> {
    if (this.current && this.current.renewAtMs > this.now().getTime()) return this.current.value;
    this.minting ??= this.mint().finally(() => {
      this.minting = null;
    });
    return (await unlessCancelled(this.minting, call)).value;
  }

  /** Forgets a token that eBay refused, unless a newer one is there already. */
  invalidate(token: string): void {
    if (this.current?.value === token) this.current = null;
  }

  private async mint(): Promise<MintedToken> {
    const { clientId, clientSecret, scope } = this.credentials;
    const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    const { data } = await this.http.call(
      {
        path: ENDPOINT,
        endpoint: ENDPOINT,
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        form: { grant_type: 'client_credentials', scope },
        schema: ebayTokenSchema,
        isUnbudgeted: true,
      },
      // Others wait for this mint too, so no single caller may cancel it; the client's own time limit holds.
      { signal: new AbortController().signal, priority: 'interactive', userId: null },
    );
    const lifeMs = data.expires_in * 1_000;
    const renewBeforeMs = Math.min(RENEW_BEFORE_EXPIRY_MS, lifeMs / 2);
    this.current = { value: data.access_token, renewAtMs: this.now().getTime() + lifeMs - renewBeforeMs };
    return this.current;
  }
}

async function unlessCancelled<T>(work: Promise<T>, { signal }: ProviderCall): Promise<T> {
  let cancel: (() => void) | undefined;
  const cancelled = new Promise<never>((_resolve, reject) => {
    cancel = () =>
      reject(
        new ProviderError('timeout', 'eBay call was cancelled', { provider: 'ebay', endpoint: ENDPOINT }),
      );
    if (signal.aborted) cancel();
    else signal.addEventListener('abort', cancel, { once: true });
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    if (cancel) signal.removeEventListener('abort', cancel);
  }
}
