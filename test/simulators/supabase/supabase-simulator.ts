import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Controls } from '../control';
import { HttpSimulator, type Reply, type SimulatedRequest } from '../http-simulator';
import { type Family, RefreshFamilies } from './refresh-families';
import { type Claims, type ProjectAlgorithm, SupabaseKeys } from './supabase-keys';

export const SUPABASE_ANON_KEY = 'sb_publishable_simulated';
const PREFIX = '/auth/v1';
const NEW_ERRORS = '2024-01-01';

export interface SimulatedAccount {
  id: string;
  email: string;
  password: string;
  isConfirmed: boolean;
  isBanned: boolean;
  appMetadata: Claims;
}

const account = z.object({
  id: z.uuid().default(() => randomUUID()),
  email: z.string(),
  password: z.string(),
  isConfirmed: z.boolean().default(true),
  isBanned: z.boolean().default(false),
  appMetadata: z.record(z.string(), z.unknown()).default({ provider: 'email', providers: ['email'] }),
});
const passwordIn = z.object({ email: z.string(), password: z.string() });
const refreshIn = z.object({ refresh_token: z.string() });

/**
 * Supabase Auth as far as signing in with a password needs it: password and refresh grants, sign-out, the user of a
 * token, and the project's public keys.
 */
export class SupabaseSimulator extends HttpSimulator {
  readonly accounts = new Map<string, SimulatedAccount>();
  readonly families = new RefreshFamilies();
  keys: SupabaseKeys;
  /** Seconds that an access token lives. */
  accessTokenSeconds = 3600;
  /** Grants within any minute; more are refused. */
  grantsPerMinute = Number.POSITIVE_INFINITY;
  private readonly grants: number[] = [];

  constructor(private readonly alg: ProjectAlgorithm = 'ES256') {
    super();
    this.keys = new SupabaseKeys(alg);
  }

  get issuer(): string {
    return `${this.url}${PREFIX}`;
  }

  addAccount(input: z.input<typeof account>): SimulatedAccount {
    const added = account.parse(input);
    this.accounts.set(added.id, added);
    return added;
  }

  /** Ends every sign-in of a user, as the project's owner does, or a change of the password. */
  endSessionsOf(userId: string): void {
    this.families.end('', userId, 'global');
  }

  protected override answer(request: SimulatedRequest): Reply {
    const route = `${request.method} ${request.path.slice(PREFIX.length)}`;
    if (route === 'GET /.well-known/jwks.json') {
      const headers = { 'cache-control': 'public, max-age=600' };
      return { status: 200, headers, body: this.keys.keySet };
    }
    const { apikey } = request.headers;
    if (apikey === undefined) return { status: 401, body: { message: 'No API key found in request' } };
    if (apikey !== SUPABASE_ANON_KEY) return { status: 401, body: { message: 'Invalid API key' } };
    switch (route) {
      case 'POST /token':
        return this.token(request);
      case 'POST /logout':
        return this.logOut(request);
      case 'GET /user':
        return this.user(request);
      default:
        return { status: 404, body: { message: 'no Route matched with those values' } };
    }
  }

  /** The errors in the form that the caller asked for. */
  protected override decorate(reply: Reply, request: SimulatedRequest): Reply {
    if (!isFailure(reply.body)) return reply;
    const { code, text } = reply.body;
    const isNew = request.headers['x-supabase-api-version'] === NEW_ERRORS;
    return {
      ...reply,
      headers: { 'x-sb-error-code': code, ...reply.headers },
      body: isNew ? { code, message: text } : { code: reply.status, error_code: code, msg: text },
    };
  }

  protected override spoil(_kind: string, reply: Reply): Reply {
    return reply;
  }

  protected override clearData(): void {
    this.accounts.clear();
    this.families.all.clear();
    this.families.reuseIntervalMs = 0;
    this.keys = new SupabaseKeys(this.alg);
    this.accessTokenSeconds = 3600;
    this.grantsPerMinute = Number.POSITIVE_INFINITY;
    this.grants.length = 0;
  }

  protected override controls(): Controls {
    const limits = z.object({ grantsPerMinute: z.number().positive() });
    const user = z.object({ id: z.string() });
    return {
      'POST accounts': (body) => ({ id: this.addAccount(account.parse(body)).id }),
      'POST accounts/end-sessions': (body) => this.endSessionsOf(user.parse(body).id),
      'POST keys/rotate': () => this.keys.rotate(),
      'POST keys/revoke-previous': () => this.keys.revokePrevious(),
      'POST limits': (body) => {
        this.grantsPerMinute = limits.parse(body).grantsPerMinute;
      },
    };
  }

  private token(request: SimulatedRequest): Reply {
    if (this.isThrottled())
      return fail(429, 'over_request_rate_limit', 'Request rate limit reached', { 'retry-after': '30' });
    const body = parseJson(request.body);
    if (body === undefined) return fail(400, 'bad_json', 'Could not parse request body as JSON');
    switch (request.query.get('grant_type')) {
      case 'password':
        return this.passwordGrant(body);
      case 'refresh_token':
        return this.refreshGrant(body);
      default:
        return { status: 400, body: { error: 'unsupported_grant_type', error_description: '' } };
    }
  }

  private passwordGrant(body: unknown): Reply {
    const parsed = passwordIn.safeParse(body);
    if (!parsed.success) return fail(400, 'validation_failed', 'missing email or password');
    const { email, password } = parsed.data;
    const known = [...this.accounts.values()].find((candidate) => candidate.email === email.toLowerCase());
    if (known?.password !== password) return fail(400, 'invalid_credentials', 'Invalid login credentials');
    if (known.isBanned) return fail(400, 'user_banned', 'User is banned');
    if (!known.isConfirmed) return fail(400, 'email_not_confirmed', 'Email not confirmed');
    const { family, token } = this.families.open(known.id);
    return { status: 200, body: this.grantTo(known, family, token) };
  }

  private refreshGrant(body: unknown): Reply {
    const parsed = refreshIn.safeParse(body);
    if (!parsed.success) return fail(400, 'validation_failed', 'missing refresh token');
    const outcome = this.families.exchange(parsed.data.refresh_token, this.clock.nowMs());
    if ('error' in outcome) return fail(400, outcome.error, 'Invalid Refresh Token');
    const known = this.accounts.get(outcome.family.userId);
    if (!known) return fail(400, 'user_not_found', 'User not found');
    if (known.isBanned) return fail(400, 'user_banned', 'User is banned');
    return { status: 200, body: this.grantTo(known, outcome.family, outcome.token) };
  }

  private grantTo(known: SimulatedAccount, family: Family, refreshToken: string): unknown {
    const now = Math.floor(this.clock.nowMs() / 1000);
    const expiresAt = now + this.accessTokenSeconds;
    const claims = {
      iss: this.issuer,
      aud: 'authenticated',
      sub: known.id,
      role: 'authenticated',
      iat: now,
      exp: expiresAt,
      session_id: family.sessionId,
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: now }],
      email: known.email,
      phone: '',
      is_anonymous: false,
      app_metadata: known.appMetadata,
      user_metadata: {},
    };
    return {
      access_token: this.keys.issue(claims),
      token_type: 'bearer',
      expires_in: this.accessTokenSeconds,
      expires_at: expiresAt,
      refresh_token: refreshToken,
      user: userOf(known),
    };
  }

  private logOut(request: SimulatedRequest): Reply {
    const { claims, reply } = this.claimsOf(request);
    if (reply) return reply;
    const scope = request.query.get('scope') ?? 'global';
    this.families.end(String(claims['session_id']), String(claims['sub']), scope);
    return { status: 204, body: '' };
  }

  private user(request: SimulatedRequest): Reply {
    const { claims, reply } = this.claimsOf(request);
    if (reply) return reply;
    const family = this.families.all.get(String(claims['session_id']));
    const known = this.accounts.get(String(claims['sub']));
    if (!family || family.isRevoked || !known) {
      return fail(403, 'session_not_found', 'Session from session_id claim in JWT does not exist');
    }
    return { status: 200, body: userOf(known) };
  }

  private claimsOf(request: SimulatedRequest): { claims: Claims; reply?: Reply } {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '') ?? [];
    if (token === undefined)
      return { claims: {}, reply: fail(401, 'no_authorization', 'This endpoint requires a Bearer token') };
    const claims = this.keys.read(token);
    if (!claims || Number(claims['exp']) * 1000 <= this.clock.nowMs()) {
      const text = 'invalid JWT: unable to parse or verify signature';
      return { claims: {}, reply: fail(403, 'bad_jwt', text) };
    }
    return { claims };
  }

  private isThrottled(): boolean {
    const now = this.clock.nowMs();
    while ((this.grants[0] ?? now) <= now - 60_000) this.grants.shift();
    if (this.grants.length >= this.grantsPerMinute) return true;
    this.grants.push(now);
    return false;
  }
}

interface Failure {
  code: string;
  text: string;
}

const fail = (status: number, code: string, text: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: { code, text } satisfies Failure,
});

const isFailure = (body: unknown): body is Failure =>
  typeof body === 'object' && body !== null && 'code' in body && 'text' in body;

const userOf = ({ id, email, appMetadata }: SimulatedAccount) => ({
  id,
  aud: 'authenticated',
  role: 'authenticated',
  email,
  app_metadata: appMetadata,
  user_metadata: {},
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
