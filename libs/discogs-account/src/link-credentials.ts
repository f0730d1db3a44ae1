import { Injectable } from '@nestjs/common';
import type { DiscogsCredential } from '@waxwatch/integrations';
import { TokenCrypto } from '@waxwatch/platform/token-crypto';
import type { LinkRow } from './account-links.sql';

/** What of a credential goes into the row of a link. */
export interface StoredCredential {
  accessToken: string;
  accessTokenSecret: string | null;
  tokenType: 'oauth1' | 'personal';
}

export type UserCredential = Exclude<DiscogsCredential, { kind: 'app' }>;

const TOKEN_FIELD = 'access_token';
const SECRET_FIELD = 'access_token_secret';
const REQUEST_FIELD = 'request_token_secret';

/** Users' credentials on their way into the database and back, each bound to its user and column. */
@Injectable()
export class LinkCredentials {
  constructor(private readonly crypto: TokenCrypto) {}

  /** @throws KeysUnavailableError */
  async seal(userId: string, credential: UserCredential): Promise<StoredCredential> {
    const accessToken = await this.encrypt(userId, TOKEN_FIELD, credential.token);
    if (credential.kind === 'personal')
      return { accessToken, accessTokenSecret: null, tokenType: 'personal' };
    const accessTokenSecret = await this.encrypt(userId, SECRET_FIELD, credential.secret);
    return { accessToken, accessTokenSecret, tokenType: 'oauth1' };
  }

  /**
   * What calls for this link are made with: its own credential, or the application's where it has none.
   * @throws UnusableSecretError, KeysUnavailableError
   */
  async open(
    link: Pick<LinkRow, 'user_id' | 'access_token' | 'access_token_secret'>,
  ): Promise<DiscogsCredential> {
    if (link.access_token === null) return { kind: 'app' };
    const token = await this.decrypt(link.user_id, TOKEN_FIELD, link.access_token);
    if (link.access_token_secret === null) return { kind: 'personal', token };
    const secret = await this.decrypt(link.user_id, SECRET_FIELD, link.access_token_secret);
    return { kind: 'oauth', token, secret };
  }

  /** @throws KeysUnavailableError */
  async sealRequestSecret(userId: string, secret: string): Promise<string> {
    return await this.encrypt(userId, REQUEST_FIELD, secret);
  }

  /** @throws UnusableSecretError, KeysUnavailableError */
  async openRequestSecret(userId: string, stored: string): Promise<string> {
    return await this.decrypt(userId, REQUEST_FIELD, stored);
  }

  private async encrypt(userId: string, field: string, plain: string): Promise<string> {
    return await this.crypto.encrypt(plain, { userId, provider: 'discogs', field });
  }

  private async decrypt(userId: string, field: string, stored: string): Promise<string> {
    return await this.crypto.decrypt(stored, { userId, provider: 'discogs', field });
  }
}
