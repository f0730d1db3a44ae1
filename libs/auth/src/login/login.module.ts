import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { APP_CONFIG, type AppConfig } from '@waxwatch/platform/config';
import { UsersModule } from '@waxwatch/users';
import { SessionsModule } from '../session/sessions.module';
import { LocalAccounts } from './local-accounts';
import { LocalPasswords } from './local-passwords';
import { LoginController } from './login.controller';
import { Logins } from './logins';
import { PasswordCheck } from './password-check';
import { Argon2Hasher, PasswordHasher } from './password-hasher';
import { SupabasePasswords } from './supabase-passwords';
import { UsedLoginNonce } from './used-login-nonce.entity';

/** Accounts whose password we hold ourselves; for whoever makes them. */
@Module({
  imports: [SessionsModule, UsersModule],
  providers: [LocalAccounts, { provide: PasswordHasher, useClass: Argon2Hasher }],
  exports: [LocalAccounts, PasswordHasher],
})
export class LocalAccountsModule {}

/** Signing in with a password. */
@Module({
  imports: [TypeOrmModule.forFeature([UsedLoginNonce]), LocalAccountsModule, SessionsModule, UsersModule],
  controllers: [LoginController],
  providers: [
    LocalPasswords,
    SupabasePasswords,
    {
      provide: PasswordCheck,
      inject: [APP_CONFIG, LocalPasswords, SupabasePasswords],
      useFactory: (
        { passwordSignIn }: AppConfig,
        local: LocalPasswords,
        supabase: SupabasePasswords,
      ): PasswordCheck | null => ({ local, supabase, none: null })[passwordSignIn],
    },
    Logins,
  ],
})
export class LoginModule {}
