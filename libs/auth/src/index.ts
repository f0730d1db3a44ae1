export { AuthModule } from './auth.module';
export { type Credential, CREDENTIAL_SOURCES, type CredentialSource } from './credential';
export { Credentials } from './credentials';
export { LocalIssuer, type TokenClaims, type TokenOptions } from './local-issuer/local-issuer';
export { LocalAccounts } from './login/local-accounts';
export { LocalAccountsModule } from './login/login.module';
export { PasswordHasher } from './login/password-hasher';
export { UsedLoginNonce } from './login/used-login-nonce.entity';
export { Session } from './session/session.entity';
export { SESSION_COOKIE, SessionCookie } from './session/session-cookie';
export { Sessions } from './session/sessions';
export { parseSessionsEnd, SESSIONS_END_CHANNEL, type SessionsEnd } from './session/sessions-end';
export { SessionsModule } from './session/sessions.module';
export {
  AdminOnly,
  AllowsInactive,
  CurrentPrincipal,
  CurrentUserId,
  OPEN_TO_ALL,
  type Principal,
  principalOf,
  Public,
  setPrincipal,
} from './principal';
