import { Injectable } from '@nestjs/common';
import type { ProviderName } from '@waxwatch/integrations';
import type { EntityManager } from 'typeorm';
import type { PollKind } from './poll-target.entity';

/** One question a rule or watched release wants asked. */
export interface PollQuestion {
  provider: ProviderName;
  kind: PollKind;
  /** The provider's market; null for its default. */
  marketplace: string | null;
  /** Canonical search words (see `canonicalTerms`), or the Discogs id as text. */
  key: string;
}

export interface Subscriber {
  kind: 'rule' | 'watch_release';
  id: string;
  intervalSeconds: number;
}

/** Who wants which question asked; the poll targets follow from it. */
@Injectable()
export class PollSubscriptions {
  /**
   * Makes `questions` the whole of what the subscriber wants: empty for a disabled or deleted one. New questions
   * are due at once; a shorter interval brings the next poll forward. Belongs in the transaction that changes
   * the subscriber.
   */
  async replace(
    _tx: EntityManager,
    _subscriber: Subscriber,
    _questions: readonly PollQuestion[],
  ): Promise<void> {
    return await Promise.reject(new Error('poll subscriptions are not wired yet'));
  }
}
