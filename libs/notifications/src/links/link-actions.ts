import { Injectable, Logger } from '@nestjs/common';
import type { ProviderName } from '@waxwatch/integrations';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { type LinkAction, LinkSeal } from '../content/link-seal';
import type { MuteTarget } from '../mutes/mutes.schema';
import { Mutes } from '../mutes/mutes.service';

/** $1 user. The row may not be there yet; `users` fills in the rest by defaults. */
const END_EMAILS = `
  INSERT INTO user_notification_preferences (id, user_id, email_enabled)
  SELECT gen_random_uuid(), id, false FROM users WHERE id = $1
  ON CONFLICT (user_id) DO UPDATE SET email_enabled = false, updated_at = now()`;

/** $1 listing. */
const SELLER_OF = 'SELECT provider, seller FROM listings WHERE id = $1 AND seller IS NOT NULL';

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
  open<Do extends LinkAction['do']>(token: string, ...allowed: Do[]): Extract<LinkAction, { do: Do }> {
    const action = this.seal.open(token);
    if (!action || !allowed.some((what) => what === action.do))
      throw new AppError('not_found', 'unknown link');
    return action as Extract<LinkAction, { do: Do }>;
  }

  /** Ends e-mails; repeating it changes nothing. */
  async unsubscribe(token: string): Promise<void> {
    const { user } = this.open(token, 'unsubscribe');
    await this.db.rows(END_EMAILS, [user]);
    this.logger.log({ event: 'notifications.email.unsubscribed', user_id: user });
  }

  /** Mutes the copy that the message was about, or else its rule; or whoever sells the copy. */
  async mute(token: string): Promise<void> {
    const action = this.open(token, 'mute', 'mute_seller');
    const target = action.do === 'mute' ? targetOf(action) : await this.sellerOf(action.listing);
    if (target !== null) await this.mutes.mute(action.user, { target, until: null });
  }

  private async sellerOf(listingId: string): Promise<MuteTarget> {
    const [found] = await this.db.rows<{ provider: ProviderName; seller: string }>(SELLER_OF, [listingId]);
    if (!found) throw new AppError('not_found', 'Seller not found');
    return { kind: 'seller', ...found };
  }
}

function targetOf({ listing, rule }: Extract<LinkAction, { do: 'mute' }>): MuteTarget | null {
  if (listing !== null) return { kind: 'listing', listingId: listing };
  return rule === null ? null : { kind: 'rule', ruleId: rule };
}
