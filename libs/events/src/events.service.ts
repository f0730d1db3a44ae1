import { Injectable } from '@nestjs/common';
import { type EventType, Outbox } from '@waxwatch/notifications';
import { IdSource } from '@waxwatch/platform/clock';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { FORGET_FIELDS, RECORD_EVENTS } from './record-events.sql';

export interface NewEvent {
  userId: string;
  type: EventType;
  ruleId?: string | null;
  watchReleaseId?: string | null;
  listingId?: string | null;
  payload?: Record<string, unknown> | null;
  /** Kept, but nobody is notified. */
  isQuiet?: boolean;
}

/** Records what happened, together with the notifications that follow from it. */
@Injectable()
export class EventsService {
  constructor(
    private readonly outbox: Outbox,
    private readonly ids: IdSource,
  ) {}

  /**
   * Stores events and their notifications in the caller's transaction; any number at once. Call `ring` after the
   * commit.
   * @returns for each event that is new, its index in `events`
   */
  async record(tx: EntityManager, events: readonly NewEvent[]): Promise<number[]> {
    if (events.length === 0) return [];
    const rows = await rowsIn<{ id: string; index: number }>(tx, RECORD_EVENTS, [
      events.map(() => this.ids.next()),
      events.map((event) => event.userId),
      events.map((event) => event.type),
      events.map((event) => event.ruleId ?? null),
      events.map((event) => event.watchReleaseId ?? null),
      events.map((event) => event.listingId ?? null),
      events.map((event) => (event.payload ? JSON.stringify(event.payload) : null)),
    ]);
    await this.outbox.fanOut(
      tx,
      rows.flatMap((row) => (events[row.index]?.isQuiet ? [] : [row.id])),
    );
    return rows.map((row) => row.index);
  }

  /** Takes fields out of what is kept of events about these listings, such as who sold them. */
  async forget(tx: EntityManager, listingIds: readonly string[], fields: readonly string[]): Promise<void> {
    await rowsIn(tx, FORGET_FIELDS, [listingIds, fields]);
  }

  /** Says after the commit that there may be something to deliver. */
  async ring(): Promise<void> {
    await this.outbox.ring();
  }
}
