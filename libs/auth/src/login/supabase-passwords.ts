import { Injectable } from '@nestjs/common';
import { RefreshTokens } from '../supabase/refresh-tokens';
import { SupabaseAuth } from '../supabase/supabase-auth';
import { PasswordCheck, type SignedIn } from './password-check';

/** Accounts of a Supabase project, which checks the password and is asked again when its access token runs out. */
@Injectable()
export class SupabasePasswords extends PasswordCheck {
  constructor(
    private readonly supabase: SupabaseAuth,
    private readonly tokens: RefreshTokens,
  ) {
    super();
  }

  override async check(email: string, password: string): Promise<SignedIn | null> {
    const granted = await this.supabase.signIn(email, password);
    if (!granted) return null;
    return { credential: granted.credential, refresh: await this.tokens.keep(granted) };
  }
}
