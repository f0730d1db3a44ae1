import { Injectable } from '@nestjs/common';
import { Database } from '@waxwatch/platform/database';
import { keysetTail, type Page, type PageRequest, toPage } from '@waxwatch/platform/http';
import type { EventOut } from './events.schema';

/** $1 user; the keyset tail follows. */
const LIST_EVENTS = `
  SELECT id, user_id, type, watch_release_id, rule_id, listing_id, payload, created_at
  FROM events e WHERE e.user_id = $1`;

/** What happened to a user, newest first. */
@Injectable()
export class EventReader {
  constructor(private readonly db: Database) {}

  async list(userId: string, page: PageRequest): Promise<Page<EventOut>> {
    const params: unknown[] = [userId];
    const tail = keysetTail(page, 'e', params);
    return toPage(await this.db.rows<EventOut>(`${LIST_EVENTS} ${tail}`, params), page);
  }
}
