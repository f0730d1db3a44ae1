import { randomBytes } from 'node:crypto';
import type { Reply, SimulatedRequest } from '../http-simulator';

const SCOPE = 'https://api.ebay.com/oauth/api_scope';

/** The client-credentials grant: one keyset, tokens that expire, a count of mints. */
export class EbayOAuth {
  /** Mints so far; eBay allows 1,000 a day. */
  mintCount = 0;
  /** False when the keyset is switched off, for instance because the account-deletion duty is unmet. */
  isKeysetEnabled = true;
  lifetimeSeconds = 7_200;
  private readonly expiryMs = new Map<string, number>();

  constructor(
    readonly clientId: string,
    readonly clientSecret: string,
    private readonly now: () => number,
  ) {}

  /** Every token is refused from now on. */
  revokeAll(): void {
    this.expiryMs.clear();
  }

  /** Back to a good keyset without mints; tokens that clients hold stay good. */
  reset(): void {
    this.mintCount = 0;
    this.isKeysetEnabled = true;
    this.lifetimeSeconds = 7_200;
  }

  mint(request: SimulatedRequest): Reply {
    if (request.method !== 'POST') return { status: 405, body: '' };
    const basic = Buffer.from(`${this.clientId}:${this.clientSecret}`).toString('base64');
    if (!this.isKeysetEnabled || request.headers.authorization !== `Basic ${basic}`) {
      return oauthError(401, 'invalid_client', 'client authentication failed');
    }
    if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) {
      return oauthError(400, 'invalid_request', 'unsupported content type');
    }
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'client_credentials') {
      return oauthError(400, 'unsupported_grant_type', 'grant type in request is not supported');
    }
    if (form.get('scope') !== SCOPE) return oauthError(400, 'invalid_scope', 'requested scope is invalid');
    this.mintCount++;
    const token = `v^1.1#${randomBytes(24).toString('base64url')}`;
    this.expiryMs.set(token, this.now() + this.lifetimeSeconds * 1_000);
    const body = {
      access_token: token,
      expires_in: this.lifetimeSeconds,
      token_type: 'Application Access Token',
    };
    return { status: 200, body };
  }

  /** Null when the request carries a token that is good now; the refusal otherwise. */
  refuse(request: SimulatedRequest): Reply | null {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return ebayError(400, 1002, 'Missing access token', 'OAuth');
    if ((this.expiryMs.get(token) ?? 0) > this.now()) return null;
    return ebayError(401, 1001, 'Invalid access token', 'OAuth');
  }
}

function oauthError(status: number, error: string, description: string): Reply {
  return { status, body: { error, error_description: description } };
}

export function ebayError(status: number, errorId: number, message: string, domain = 'API_BROWSE'): Reply {
  return {
    status,
    body: { errors: [{ errorId, domain, category: 'REQUEST', message, longMessage: message }] },
  };
}
