import { Injectable } from '@nestjs/common';
import { IdSource } from '@waxwatch/platform/clock';
import { UsersService } from '@waxwatch/users';
import { Sessions } from '../session/sessions';
import { LoginRequest } from './login.schema';
import { PasswordHasher } from './password-hasher';

const MIN_PASSWORD = 8;

/** Makes accounts whose password we hold ourselves. There is no way to sign up: an operator makes them. */
@Injectable()
export class LocalAccounts {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: Sessions,
    private readonly hasher: PasswordHasher,
    private readonly ids: IdSource,
  ) {}

  /**
   * Makes the account, or gives it another password and ends its sessions.
   * @returns the user's id
   * @throws Error for an address or a password that cannot be used
   */
  async setPassword(email: string, password: string): Promise<string> {
    const fields = LoginRequest.shape;
    const address = fields.email.safeParse(email);
    if (!address.success) throw new Error('the e-mail address is not valid');
    if (password.length < MIN_PASSWORD || !fields.password.safeParse(password).success) {
      throw new Error(`a password has from ${MIN_PASSWORD} to 1024 characters`);
    }
    const hashedPassword = await this.hasher.hash(password);
    const userId = await this.users.setPassword({ id: this.ids.next(), email: address.data, hashedPassword });
    await this.sessions.endAllOf(userId);
    return userId;
  }
}
