import { Injectable } from '@nestjs/common';
import { Database, rowsIn } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import { COUNT_UNREAD, FIND_NOTIFICATION, LIST_NOTIFICATIONS, MARK_ALL_READ, MARK_READ } from './inbox.sql';
import type { Channel } from './notification.entity';
import type { NotificationRow } from './notifications.schema';

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

  /** @returns how many entries became read */
  async markAllRead(userId: string): Promise<number> {
    const [row] = await this.db.transaction(
      async (tx) => await rowsIn<{ marked_count: number }>(tx, MARK_ALL_READ, [userId]),
    );
    return row?.marked_count ?? 0;
  }

  async countUnread(userId: string): Promise<number> {
    const [row] = await this.db.rows<{ unread_count: number }>(COUNT_UNREAD, [userId]);
    return row?.unread_count ?? 0;
  }
}
