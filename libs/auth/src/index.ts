export { AuthModule } from './auth.module';
export { type Credential, CREDENTIAL_SOURCES, type CredentialSource } from './credential';
export { Credentials } from './credentials';
export { LocalIssuer, type TokenClaims, type TokenOptions } from './local-issuer/local-issuer';
export {
  AdminOnly,
  AllowsInactive,
  CurrentPrincipal,
  CurrentUserId,
  type Principal,
  principalOf,
  Public,
  setPrincipal,
} from './principal';
