import { Injectable } from '@nestjs/common';
import { Clock } from '@waxwatch/platform/clock';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import type { AlertItem, OutboundMessage } from '../channels/channel-sender';
import { type Alert, readAlert } from './alert';
import { type LinkAction, LinkSeal } from './link-seal';

/** Gives the words of a message, with the links that act for its reader. */
@Injectable()
export class AlertReader {
  constructor(
    private readonly seal: LinkSeal,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  alertsOf({ user, items }: Pick<OutboundMessage, 'user' | 'items'>): Alert[] {
    const context = {
      baseUrl: this.config.PUBLIC_BASE_URL,
      now: this.clock.now(),
      buyUrlOf: (item: AlertItem) => this.buyUrlOf(user.id, item),
      muteUrlOf: (item: AlertItem) => this.muteUrlOf(user.id, item),
      muteSellerUrlOf: (item: AlertItem) => this.muteSellerUrlOf(user.id, item),
    };
    return items.map((item) => readAlert(item, context));
  }

  /** One click there ends e-mails (RFC 8058); null where this server cannot be reached from a mailbox. */
  unsubscribeUrlOf(userId: string): string | null {
    return this.linkTo('unsubscribe', { do: 'unsubscribe', user: userId });
  }

  /** Counts the click and needs no login, which a mailbox does not have. */
  private buyUrlOf(userId: string, { listingId }: AlertItem): string | null {
    return listingId === null ? null : this.linkTo('buy', { do: 'buy', user: userId, listing: listingId });
  }

  private muteUrlOf(userId: string, { listingId, ruleId }: AlertItem): string | null {
    if (listingId === null && ruleId === null) return null;
    return this.linkTo('mute', { do: 'mute', user: userId, listing: listingId, rule: ruleId });
  }

  /** The link has the copy, not the name of who sells it. */
  private muteSellerUrlOf(userId: string, { listingId }: AlertItem): string | null {
    return listingId === null
      ? null
      : this.linkTo('mute', { do: 'mute_seller', user: userId, listing: listingId });
  }

  private linkTo(route: string, action: LinkAction): string | null {
    const base = this.config.PUBLIC_BASE_URL?.replace(/\/+$/, '');
    const sealed = base === undefined ? null : this.seal.seal(action);
    return base === undefined || sealed === null ? null : `${base}/api/${route}/${sealed}`;
  }
}
