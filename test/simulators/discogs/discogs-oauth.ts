import { randomBytes } from 'node:crypto';
import { type OAuthRequest, oauthSignature } from '../../../libs/integrations/src/discogs/oauth1';
import type { Reply, SimulatedRequest } from '../http-simulator';
import type { AppKeys } from './discogs-auth';
import type { DiscogsData, SimulatedUser } from './discogs-data';

const LIFE_MS = 15 * 60_000;
/** How far a request's clock may be off. */
const TIMESTAMP_SLACK_SECONDS = 300;

interface PendingToken {
  secret: string;
  callback: string | null;
  issuedAt: number;
  /** Who has authorised it, and with which verifier. */
  grant: { username: string; verifier: string } | null;
}

/** Where the browser is sent after the user has decided. */
export interface Decision {
  redirectTo: string | null;
  verifier: string | null;
}

/** The three legs of OAuth 1.0a as Discogs offers them, and the credential that they end in. */
export class DiscogsOAuth {
  private readonly pending = new Map<string, PendingToken>();
  private readonly granted = new Map<string, { secret: string; username: string }>();
  private readonly nonces = new Set<string>();

  constructor(
    private readonly data: DiscogsData,
    private readonly keys: AppKeys,
    private readonly now: () => number,
  ) {}

  requestToken(request: SimulatedRequest): Reply {
    const given = readOAuth(request);
    const complaint = this.complaint(request, given, '');
    if (complaint) return complaint;
    const [token, secret] = [newToken(), newToken()];
    const callback = given.get('oauth_callback') ?? null;
    this.pending.set(token, { secret, callback, issuedAt: this.now(), grant: null });
    return form({ oauth_token: token, oauth_token_secret: secret, oauth_callback_confirmed: 'true' });
  }

  /** The second leg happens in the user's browser; here by a control. @throws Error for a token that is not pending */
  decide(token: string, username: string | null): Decision {
    const pending = this.pending.get(token);
    if (!pending || this.now() - pending.issuedAt > LIFE_MS)
      throw new Error('unknown or expired request token');
    if (username === null) {
      this.pending.delete(token);
      return { redirectTo: redirect(pending.callback, { denied: token }), verifier: null };
    }
    if (!this.data.users.has(username)) throw new Error(`no user ${username}`);
    const verifier = newToken();
    pending.grant = { username, verifier };
    return {
      redirectTo: redirect(pending.callback, { oauth_token: token, oauth_verifier: verifier }),
      verifier,
    };
  }

  accessToken(request: SimulatedRequest): Reply {
    const given = readOAuth(request);
    const token = given.get('oauth_token') ?? '';
    const pending = this.pending.get(token);
    const isAlive = pending !== undefined && this.now() - pending.issuedAt <= LIFE_MS;
    if (!isAlive || pending.grant === null) return refuse(400, 'Invalid or expired request token.');
    const complaint = this.complaint(request, given, pending.secret);
    if (complaint) return complaint;
    if (given.get('oauth_verifier') !== pending.grant.verifier) return refuse(400, 'Invalid verifier.');
    this.pending.delete(token);
    const [accessToken, secret] = [newToken(), newToken()];
    this.granted.set(accessToken, { secret, username: pending.grant.username });
    return form({ oauth_token: accessToken, oauth_token_secret: secret });
  }

  /** The user behind a signed request; null when it may not be believed. */
  userOf(request: SimulatedRequest): SimulatedUser | null {
    const given = readOAuth(request);
    const granted = this.granted.get(given.get('oauth_token') ?? '');
    if (!granted || this.complaint(request, given, granted.secret)) return null;
    return this.data.users.get(granted.username) ?? null;
  }

  /** What a user does by hand on the settings page. */
  revoke(username: string): void {
    for (const [token, grant] of this.granted) if (grant.username === username) this.granted.delete(token);
  }

  clear(): void {
    this.pending.clear();
    this.granted.clear();
    this.nonces.clear();
  }

  private complaint(
    request: SimulatedRequest,
    given: ReadonlyMap<string, string>,
    tokenSecret: string,
  ): Reply | null {
    const [key, nonce, timestamp] = ['oauth_consumer_key', 'oauth_nonce', 'oauth_timestamp'].map((name) =>
      given.get(name),
    );
    if (key === undefined) return refuse(401, 'Parameter not found: oauth_consumer_key');
    if (key !== this.keys.consumerKey) return refuse(401, 'Invalid consumer.');
    if (!nonce || this.nonces.has(nonce)) return refuse(401, 'Invalid nonce.');
    const age = Math.abs(this.now() / 1000 - Number(timestamp));
    if (!/^\d+$/.test(timestamp ?? '') || age > TIMESTAMP_SLACK_SECONDS)
      return refuse(401, 'Invalid timestamp.');
    const isGood = this.signatures(request, given, tokenSecret).has(given.get('oauth_signature') ?? '');
    if (!isGood) return refuse(401, 'Invalid signature.');
    this.nonces.add(nonce);
    return null;
  }

  /** The signatures that are right; PLAINTEXT also without its percent-encoding. */
  private signatures(
    request: SimulatedRequest,
    given: ReadonlyMap<string, string>,
    tokenSecret: string,
  ): Set<string> {
    const method = given.get('oauth_signature_method');
    if (method !== 'PLAINTEXT' && method !== 'HMAC-SHA1') return new Set();
    const signed: OAuthRequest = {
      method: request.method,
      url: `http://${request.headers['host'] ?? ''}${request.path}?${request.query.toString()}`,
      consumer: { key: this.keys.consumerKey, secret: this.keys.consumerSecret },
      token: given.has('oauth_token') ? { token: given.get('oauth_token') ?? '', secret: tokenSecret } : null,
      nonce: given.get('oauth_nonce') ?? '',
      timestamp: Number(given.get('oauth_timestamp')),
      signatureMethod: method,
      extra: Object.fromEntries(
        [...given].filter(([name]) => name === 'oauth_callback' || name === 'oauth_verifier'),
      ),
    };
    return new Set([oauthSignature(signed)]);
  }
}

/** `OAuth name="value", …` */
function readOAuth(request: SimulatedRequest): Map<string, string> {
  const header = (request.headers['authorization'] ?? '').replace(/^OAuth\s+/i, '');
  return new Map(
    header.split(',').flatMap((pair) => {
      const [, name, value] = /^\s*([a-z_]+)="([^"]*)"\s*$/.exec(pair) ?? [];
      return name === undefined || value === undefined
        ? []
        : [[name, decodeURIComponent(value)] satisfies [string, string]];
    }),
  );
}

function redirect(callback: string | null, parameters: Record<string, string>): string | null {
  if (callback === null || callback === 'oob') return null;
  const url = new URL(callback);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** Plain text, as the live service complains. */
function refuse(status: number, text: string): Reply {
  return { status, body: text, contentType: 'text/plain' };
}

function form(fields: Record<string, string>): Reply {
  return {
    status: 200,
    body: new URLSearchParams(fields).toString(),
    contentType: 'application/x-www-form-urlencoded',
  };
}

const newToken = (): string => randomBytes(20).toString('hex');
