import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { AppError } from '@waxwatch/platform/errors';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import { Outbox } from '../outbox';
import type { NotificationAdminOut } from './given-up.schema';
import { LIST_GIVEN_UP, REPLAY } from './given-up.sql';

/** Notifications that delivery has given up, of all users, for administrators. */
@Injectable()
export class GivenUp {
  constructor(
    private readonly db: Database,
    private readonly outbox: Outbox,
  ) {}

  async list(page: PageRequest): Promise<Page<NotificationAdminOut>> {
    const params: unknown[] = [];
    const tail = keysetTail(page, 'n', params);
    return toPage(await this.db.rows<NotificationAdminOut>(`${LIST_GIVEN_UP} ${tail}`, params), page);
  }

  /**
   * Sends it back to delivery.
   * @throws AppError 404 when there is no such notification among those given up
   */
  async replay(id: string): Promise<NotificationAdminOut> {
    const [row] = await this.db.rows<NotificationAdminOut>(REPLAY, [id]);
    if (!row) throw new AppError('not_found', 'notification not found');
    await this.outbox.ring();
    return row;
  }
}
