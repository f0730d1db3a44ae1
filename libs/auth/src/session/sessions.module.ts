import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { TokenCryptoModule } from '@waxwatch/platform/token-crypto';
import { RefreshTokens } from '../supabase/refresh-tokens';
import { SupabaseAuth } from '../supabase/supabase-auth';
import { SessionCookie } from './session-cookie';
import { SessionRefresh } from './session-refresh';
import { SessionSeal } from './session-seal';
import { SessionSource } from './session-source';
import { Session } from './session.entity';
import { Sessions } from './sessions';

/** Sessions and their cookies, for whoever opens, ends or watches them. */
@Module({
  imports: [TypeOrmModule.forFeature([Session]), TokenCryptoModule],
  providers: [
    RefreshTokens,
    SessionCookie,
    SessionRefresh,
    SessionSeal,
    SessionSource,
    Sessions,
    SupabaseAuth,
  ],
  exports: [RefreshTokens, SessionCookie, SessionSeal, SessionSource, Sessions, SupabaseAuth],
})
export class SessionsModule {}
