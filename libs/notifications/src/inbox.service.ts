import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import { COUNT_UNREAD, FIND_NOTIFICATION, LIST_NOTIFICATIONS, MARK_READ, MARK_SOME_READ } from './inbox.sql';
import type { Channel } from './notification.entity';
import type { NotificationRow } from './notifications.schema';

interface MarkedPart {
  marked_count: number;
  is_over: boolean;
}

/** A statement with so many rows ends long before its time is up. */
const ROWS_AT_ONCE = 1_000;

/** What a user has been notified of, one entry per event. */
@Injectable()
export class InboxService {
  constructor(private readonly db: Database) {}

  /** The inbox, newest first; with a `channel`, that channel's delivery rows instead. */
  async list(userId: string, page: PageRequest, channel?: Channel): Promise<Page<NotificationRow>> {
    const params: unknown[] = [userId, channel ?? null];
    const sql = `${LIST_NOTIFICATIONS} ${keysetTail(page, 'n', params)}`;
    return toPage(await this.db.rows<NotificationRow>(sql, params), page);
  }

  /**
   * Marks the event of a notification as read, whichever of its rows the id names.
   * @throws AppError 404
   */
  async markRead(userId: string, id: string): Promise<NotificationRow> {
    await this.db.rows(MARK_READ, [id, userId]);
    const [row] = await this.db.rows<NotificationRow>(FIND_NOTIFICATION, [id, userId]);
    if (!row) throw new AppError('not_found', 'notification not found');
    return row;
  }

  /**
   * Marks everything as read, a part at a time: what is done stays done, should the caller have to ask again.
   * @returns how many entries became read
   */
  async markAllRead(userId: string): Promise<number> {
    let marked = 0;
    for (;;) {
      const [part] = await this.db.rows<MarkedPart>(MARK_SOME_READ, [userId, ROWS_AT_ONCE]);
      marked += part?.marked_count ?? 0;
      if (part?.is_over !== false) return marked;
    }
  }

  async countUnread(userId: string): Promise<number> {
    const [row] = await this.db.rows<{ unread_count: number }>(COUNT_UNREAD, [userId]);
    return row?.unread_count ?? 0;
  }
}
