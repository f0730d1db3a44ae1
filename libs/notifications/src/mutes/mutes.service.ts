import { Injectable } from '@nestjs/common';
import { Clock, IdSource } from '@waxwatch/platform/clock';
import { Database } from '@waxwatch/platform/database';
import { AppError, ValidationError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import { Outbox } from '../outbox';
import type { MuteOut, MuteTarget, NewMute } from './mutes.schema';
import { LIST_MUTES, MUTE_LISTING, MUTE_RULE, MUTE_SELLER, UNMUTE } from './mutes.sql';

/** What users do not want to hear of, for good or for now: alerts about what is snoozed are kept until it ends. It counts from the next look at each notification on, also at those that wait. */
@Injectable()
export class Mutes {
  constructor(
    private readonly db: Database,
    private readonly ids: IdSource,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
  ) {}

  async list(userId: string, page: PageRequest): Promise<Page<MuteOut>> {
    const params: unknown[] = [userId];
    const tail = keysetTail(page, 'm', params);
    return toPage(await this.db.rows<MuteOut>(`${LIST_MUTES} ${tail}`, params), page);
  }

  /**
   * Mutes a target, or changes until when it is muted.
   * @throws AppError 404 for a rule that is not the user's or a copy that nobody knows; ValidationError for an end
   * that has passed
   */
  async mute(userId: string, { target, until }: NewMute): Promise<MuteOut> {
    if (until !== null && Date.parse(until) <= this.clock.now().getTime()) {
      throw ValidationError.ofRule(['body', 'muted_until'], 'must lie in the future');
    }
    const { sql, params, unknown } = statementOf(target);
    const [mute] = await this.db.rows<MuteOut>(sql, [this.ids.next(), userId, until, ...params]);
    if (!mute) throw new AppError('not_found', unknown);
    await this.outbox.lookAgain(userId);
    return mute;
  }

  /** @throws AppError 404 */
  async unmute(userId: string, id: string): Promise<void> {
    const [gone] = await this.db.rows(UNMUTE, [id, userId]);
    if (!gone) throw new AppError('not_found', 'Mute not found');
    await this.outbox.lookAgain(userId);
  }
}

function statementOf(target: MuteTarget): { sql: string; params: unknown[]; unknown: string } {
  switch (target.kind) {
    case 'rule':
      return { sql: MUTE_RULE, params: [target.ruleId], unknown: 'Watch rule not found' };
    case 'listing':
      return { sql: MUTE_LISTING, params: [target.listingId], unknown: 'Listing not found' };
    case 'seller':
      return { sql: MUTE_SELLER, params: [target.provider, target.seller], unknown: 'Seller not found' };
  }
}
