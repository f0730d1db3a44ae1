import { AppError } from '@waxwatch/platform/errors';
import { readUuid } from '@waxwatch/platform/http';
import type { Credential } from '../credential';
import { invalidToken } from './token-header';

export type Claims = Readonly<Record<string, unknown>>;

/** Signed by the identity provider, but not for a person: its public key and its master key. */
const REFUSED_ROLES = new Set(['anon', 'service_role']);
const ADMIN_ROLE = 'admin';
const ADMIN_PERMISSIONS = new Set([ADMIN_ROLE, 'provider_requests:read_all']);
const ADDRESS = /^[^\s@\u0000]+@[^\s@\u0000]+$/;
const MAX_ADDRESS = 320;

/**
 * What a token with a good signature, issuer and audience says. `latestIssue` is the newest acceptable `iat` in
 * unix seconds.
 * @throws AppError 401 `invalid bearer token`, `invalid token subject`
 */
export function toCredential(claims: Claims, latestIssue: number): Credential {
  const { sub, exp, iat, role } = claims;
  if (typeof sub !== 'string' || typeof exp !== 'number') throw invalidToken();
  if (iat !== undefined && (typeof iat !== 'number' || iat > latestIssue)) throw invalidToken();
  const userId = readUuid(sub);
  if (userId === null) throw new AppError('unauthenticated', 'invalid token subject');
  if (REFUSED_ROLES.has(plain(role))) throw invalidToken();
  return {
    userId,
    email: addressOf(claims['email']),
    isAdmin: isAdmin(claims),
    issuedAt: iat ?? null,
    expiresAt: exp,
  };
}

function addressOf(claim: unknown): string | null {
  const address = plain(claim);
  return address.length <= MAX_ADDRESS && ADDRESS.test(address) ? address : null;
}

/**
 * The administrator's claims. `user_metadata` is not among them: its owner may edit it. Values of another shape
 * than expected are no claim at all.
 */
export function isAdmin(claims: Claims): boolean {
  const { role, user_role: userRole, app_metadata: metadata, scope, roles, permissions } = claims;
  const app: Claims = typeof metadata === 'object' && metadata !== null ? { ...metadata } : {};
  const names = [role, userRole, app['role'], ...listOf(app['roles'])];
  if (names.some((name) => plain(name) === ADMIN_ROLE)) return true;
  const scopes = typeof scope === 'string' ? scope.split(/\s+/) : [];
  return [...scopes, ...listOf(roles), ...listOf(permissions)].some((name) =>
    ADMIN_PERMISSIONS.has(plain(name)),
  );
}

const plain = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '');
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
