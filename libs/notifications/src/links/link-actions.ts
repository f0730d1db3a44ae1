import { Injectable, Logger } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { type LinkAction, LinkSeal } from '../content/link-seal';
import { Mutes } from '../mutes/mutes.service';

/** $1 user. The row may not be there yet; `users` fills in the rest by defaults. */
const END_EMAILS = `
  INSERT INTO user_notification_preferences (id, user_id, email_enabled)
  SELECT gen_random_uuid(), id, false FROM users WHERE id = $1
  ON CONFLICT (user_id) DO UPDATE SET email_enabled = false, updated_at = now()`;

/** Does what a sealed link says. The link is the credential; there is no login behind it. */
@Injectable()
export class LinkActions {
  private readonly logger = new Logger('notifications');

  constructor(
    private readonly seal: LinkSeal,
    private readonly db: Database,
    private readonly mutes: Mutes,
  ) {}

  /** @throws AppError 404 for a link that is none of ours, or one that does something else */
  open<Do extends LinkAction['do']>(token: string, what: Do): Extract<LinkAction, { do: Do }> {
    const action = this.seal.open(token);
    if (action?.do !== what) throw new AppError('not_found', 'unknown link');
    return action as Extract<LinkAction, { do: Do }>;
  }

  /** Ends e-mails; repeating it changes nothing. */
  async unsubscribe(token: string): Promise<void> {
    const { user } = this.open(token, 'unsubscribe');
    await this.db.rows(END_EMAILS, [user]);
    this.logger.log({ event: 'notifications.email.unsubscribed', user_id: user });
  }

  /** Mutes the copy that the message was about, or else its rule. */
  async mute(token: string): Promise<void> {
    const { user, listing, rule } = this.open(token, 'mute');
    if (listing !== null)
      await this.mutes.mute(user, { target: { kind: 'listing', listingId: listing }, until: null });
    else if (rule !== null)
      await this.mutes.mute(user, { target: { kind: 'rule', ruleId: rule }, until: null });
  }
}
