import { randomUUID } from 'node:crypto';
import type { Database } from '@waxwatch/platform/database';

export interface NewTestWatchRelease {
  userId: string;
  id?: string;
  discogsReleaseId?: number;
  discogsMasterId?: number | null;
  matchMode?: 'exact_release' | 'master_release';
  title?: string;
  artist?: string | null;
  year?: number | null;
  targetPrice?: string | null;
  currency?: string;
  minCondition?: string | null;
  isActive?: boolean;
}

/** @returns the watched release's id */
export async function insertWatchRelease(
  db: Pick<Database, 'rows'>,
  watch: NewTestWatchRelease,
): Promise<string> {
  const id = watch.id ?? randomUUID();
  await db.rows(
    `INSERT INTO watch_releases (id, user_id, discogs_release_id, discogs_master_id, match_mode, title, target_price,
       currency, min_condition, is_active, artist, year)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      watch.userId,
      watch.discogsReleaseId ?? 1,
      watch.discogsMasterId ?? null,
      watch.matchMode ?? 'exact_release',
      watch.title ?? 'Frizzle Fry',
      watch.targetPrice ?? null,
      watch.currency ?? 'USD',
      watch.minCondition ?? null,
      watch.isActive ?? true,
      watch.artist ?? null,
      watch.year ?? null,
    ],
  );
  return id;
}
