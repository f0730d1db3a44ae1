import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { FIND_MAILBOX, LIFT_OWN_SUPPRESSION, LIFT_SUPPRESSION } from './mail-feedback.sql';
import type { EmailChannelOut } from './mail-suppressions.schema';

interface Mailbox {
  address: string;
  is_enabled: boolean;
  reason: string | null;
  suppressed_at: string | null;
  created_at: string;
  updated_at: string;
}

const NO_ADDRESS = 'no_address';

/** Whether e-mails reach a user, and the way back for an address that they did not reach. */
@Injectable()
export class MailSuppressions {
  private readonly logger = new Logger('notifications');

  constructor(private readonly db: Database) {}

  /**
   * The user's e-mails as a channel.
   * @throws AppError 404 when the user is gone
   */
  async channelOf(userId: string): Promise<EmailChannelOut> {
    const [mailbox] = await this.db.rows<Mailbox>(FIND_MAILBOX, [userId]);
    if (!mailbox) throw new AppError('not_found', 'User profile not found');
    const { address, is_enabled, reason, suppressed_at, created_at, updated_at } = mailbox;
    const hasNone = address.endsWith('.invalid');
    return {
      id: null,
      channel: 'email',
      label: null,
      is_enabled,
      hint: hasNone ? '' : address,
      disabled_reason: hasNone ? NO_ADDRESS : reason,
      verified_at: null,
      last_error_code: reason,
      last_error_at: suppressed_at,
      created_at,
      updated_at,
    };
  }

  /**
   * Tries the user's own address again after bounces, once a day. What somebody complained of at that address is an
   * administrator's to allow: an account may name an address that is not its owner's.
   * @throws AppError 409 after a complaint, or when that was tried within the last day
   */
  async resume(userId: string): Promise<EmailChannelOut> {
    const lifted = await this.db.rows(LIFT_OWN_SUPPRESSION, [userId]);
    if (lifted.length > 0) this.note(userId, 'user');
    const channel = await this.channelOf(userId);
    if (channel.disabled_reason === 'complaint')
      throw new AppError(
        'conflict',
        'this address complained of our e-mails; an administrator may allow them',
      );
    if (channel.disabled_reason !== null && channel.disabled_reason !== NO_ADDRESS)
      throw new AppError('conflict', 'this address was tried again within a day; give another, or wait');
    return channel;
  }

  /**
   * Allows e-mails to the user's address, whatever they met there.
   * @throws AppError 404 when the address is not suppressed, or there is no such user
   */
  async lift(userId: string): Promise<void> {
    const lifted = await this.db.rows(LIFT_SUPPRESSION, [userId]);
    if (lifted.length === 0) throw new AppError('not_found', 'no suppression of this user’s address');
    this.note(userId, 'administrator');
  }

  private note(userId: string, by: 'user' | 'administrator'): void {
    this.logger.log({ event: 'notifications.email.suppression_lifted', user_id: userId, by });
  }
}
