import { Injectable } from '@nestjs/common';
import type { ProviderName } from '@waxwatch/integrations';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import {
  ADD_SUBSCRIPTIONS,
  CREATE_TARGETS,
  CREATE_TARGETS_AT_HOME,
  DROP_ALL_OF_USER,
  DROP_SUBSCRIPTIONS,
  LOCK_TARGETS,
  LOCK_TARGETS_AT_HOME,
  LOCK_TARGETS_BY_ID,
  LOCK_TARGETS_OF_QUESTIONS,
  MOVE_HOME,
  REFRESH_TARGETS,
  SUBSCRIBE_WATCH_RELEASES,
} from './poll-subscriptions.sql';
import type { PollKind } from './poll-target.entity';

/** One question a rule or watched release wants asked. */
export interface PollQuestion {
  provider: ProviderName;
  kind: PollKind;
  /** The provider's market; null for its default. */
  marketplace: string | null;
  /** Canonical search words, or the Discogs id as text. */
  key: string;
  /** How often, where that is not the subscriber's own interval. */
  intervalSeconds?: number;
}

/** A question, and the watched release that wants it asked. */
export interface WatchWish {
  watchReleaseId: string;
  question: PollQuestion;
}

export interface Subscriber {
  kind: 'rule' | 'watch_release';
  id: string;
  intervalSeconds: number;
}

type SubscriptionRow = { target_id: string };

/** Who wants which question asked; the poll targets follow from it. */
@Injectable()
export class PollSubscriptions {
  /**
   * Makes `questions` the whole of what the subscriber wants: empty for a disabled or deleted one. New questions
   * are due at once; a shorter interval brings the next poll forward. Belongs in the transaction that changes
   * the subscriber, which must have locked the subscriber's row.
   */
  async replace(
    tx: EntityManager,
    subscriber: Subscriber,
    questions: readonly PollQuestion[],
  ): Promise<void> {
    const { id, kind, intervalSeconds } = subscriber;
    const targets = await this.lockTargets(tx, subscriber, questions);
    const dropped = await rowsIn<SubscriptionRow>(tx, DROP_SUBSCRIPTIONS, [id, targets]);
    const added = await rowsIn<SubscriptionRow>(tx, ADD_SUBSCRIPTIONS, [
      ...columnsOf(questions),
      questions.map((question) => question.intervalSeconds ?? intervalSeconds),
      id,
      kind === 'rule' ? id : null,
      kind === 'watch_release' ? id : null,
    ]);
    await this.refresh(tx, [...dropped, ...added]);
  }

  /**
   * What many watched releases want asked that ask nothing yet, in a few statements for all of them. Belongs in the
   * transaction that creates them or brings their user back.
   */
  async addWatchReleases(
    tx: EntityManager,
    intervalSeconds: number,
    wishes: readonly WatchWish[],
  ): Promise<void> {
    if (wishes.length === 0) return;
    const columns = columnsOf(wishes.map(({ question }) => question));
    await rowsIn(tx, CREATE_TARGETS, [...columns, intervalSeconds]);
    await rowsIn(tx, LOCK_TARGETS_OF_QUESTIONS, columns);
    const ids = wishes.map(({ watchReleaseId }) => watchReleaseId);
    await this.refresh(
      tx,
      await rowsIn<SubscriptionRow>(tx, SUBSCRIBE_WATCH_RELEASES, [
        ...columns,
        wishes.map(({ question }) => question.intervalSeconds ?? intervalSeconds),
        ids,
      ]),
    );
  }

  /**
   * The searches that follow the user's own marketplace of eBay ask there from now on. Belongs in the transaction that
   * changes it, after it. Doing it twice does no harm.
   * @param marketplace null for where the server asks
   */
  async moveHome(tx: EntityManager, userId: string, marketplace: string | null): Promise<void> {
    const home = [userId, marketplace ?? ''];
    await rowsIn(tx, CREATE_TARGETS_AT_HOME, home);
    await rowsIn(tx, LOCK_TARGETS_AT_HOME, home);
    await this.refresh(tx, await rowsIn<SubscriptionRow>(tx, MOVE_HOME, home));
  }

  /** For an account that is deactivated: nothing is polled on its behalf any more. */
  async removeAllOf(tx: EntityManager, userId: string): Promise<void> {
    await this.refresh(tx, await rowsIn<SubscriptionRow>(tx, DROP_ALL_OF_USER, [userId]));
  }

  /** A target whose subscribers were deleted with their rules or accounts sleeps until somebody wants it again. */
  async retireIfUnwanted(tx: EntityManager, targetId: string): Promise<void> {
    await this.refresh(tx, [{ target_id: targetId }]);
  }

  /** Creates what is missing and locks what is concerned; answers with the ids of the wanted targets. */
  private async lockTargets(
    tx: EntityManager,
    { id, intervalSeconds }: Subscriber,
    questions: readonly PollQuestion[],
  ): Promise<string[]> {
    const columns = columnsOf(questions);
    if (questions.length > 0) await rowsIn(tx, CREATE_TARGETS, [...columns, intervalSeconds]);
    const rows = await rowsIn<{ id: string; is_wanted: boolean }>(tx, LOCK_TARGETS, [...columns, id]);
    return rows.filter((row) => row.is_wanted).map((row) => row.id);
  }

  private async refresh(tx: EntityManager, rows: readonly SubscriptionRow[]): Promise<void> {
    const ids = [...new Set(rows.map((row) => row.target_id))].sort();
    if (ids.length === 0) return;
    await rowsIn(tx, LOCK_TARGETS_BY_ID, [ids]);
    await rowsIn(tx, REFRESH_TARGETS, [ids]);
  }
}

/** One array per column, as the statements take questions. */
const columnsOf = (questions: readonly PollQuestion[]): string[][] => [
  questions.map((question) => question.provider),
  questions.map((question) => question.kind),
  questions.map((question) => question.marketplace ?? ''),
  questions.map((question) => question.key),
];
