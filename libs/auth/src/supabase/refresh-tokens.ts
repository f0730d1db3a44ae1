import { Injectable } from '@nestjs/common';
import { TokenCrypto } from '@waxwatch/platform/token-crypto';
import type { Refresh } from '../session/sessions';
import type { Grant } from './supabase-auth';

const contextOf = (userId: string) => ({ userId, provider: 'supabase', field: 'refresh_token' });

/** Refresh tokens on their way into the database and out of it. */
@Injectable()
export class RefreshTokens {
  constructor(private readonly crypto: TokenCrypto) {}

  /** @throws KeysUnavailableError */
  async keep({ credential, refreshToken, accessEndsAt }: Grant): Promise<Refresh> {
    const token = await this.crypto.encrypt(refreshToken, contextOf(credential.userId));
    return { token, dueAt: accessEndsAt };
  }

  /** @throws UnusableSecretError for good, KeysUnavailableError for now */
  async open(userId: string, stored: string): Promise<string> {
    return await this.crypto.decrypt(stored, contextOf(userId));
  }
}
