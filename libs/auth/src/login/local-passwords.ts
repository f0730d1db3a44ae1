import { Injectable } from '@nestjs/common';
import { UsersService } from '@waxwatch/users';
import { PasswordCheck, type SignedIn } from './password-check';
import { PasswordHasher } from './password-hasher';

/**
 * The hash of a password that was thrown away, at the usual cost: what an unknown address is held against, so that
 * it takes as long as a known one.
 */
const NOBODYS_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$b8ukZxf8cBGYE26/Q9mTQA$jtWibDu57uP0E8NiOXoLHDiFOg7qjgYk297NJJfE+2E';

/** Accounts whose password we hold ourselves. */
@Injectable()
export class LocalPasswords extends PasswordCheck {
  constructor(
    private readonly users: UsersService,
    private readonly hasher: PasswordHasher,
  ) {
    super();
  }

  override async check(email: string, password: string): Promise<SignedIn | null> {
    const account = await this.users.findPassword(email);
    const stored = account?.hashedPassword ?? '';
    const hasPassword = stored.startsWith('$argon2id$');
    // One verification in any case, and nothing that depends on whether there is such an account before it is done.
    const isRight = await this.hasher.verify(hasPassword ? stored : NOBODYS_HASH, password);
    if (!account || !hasPassword || !isRight) return null;
    return { credential: { userId: account.userId, email, isAdmin: false }, refresh: null };
  }
}
