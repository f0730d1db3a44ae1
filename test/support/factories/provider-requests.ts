import type { ProviderName } from '@waxwatch/integrations';
import type { Database } from '@waxwatch/platform/database';
import { randomUUID } from 'node:crypto';

export interface NewTestRequest {
  userId: string;
  id?: string;
  provider?: ProviderName;
  statusCode?: number | null;
  durationMs?: number | null;
  error?: string | null;
  meta?: Record<string, unknown> | null;
  createdAt?: string;
}

/** @returns the request's id */
export async function insertProviderRequest(
  db: Pick<Database, 'rows'>,
  request: NewTestRequest,
): Promise<string> {
  const id = request.id ?? randomUUID();
  const { provider = 'discogs', statusCode = 200, durationMs = 120, error = null, meta = null } = request;
  await db.rows(
    `INSERT INTO provider_requests (id, user_id, provider, endpoint, method, status_code, duration_ms, error, meta, created_at)
     VALUES ($1, $2, $3, '/database/search', 'GET', $4, $5, $6, $7, coalesce($8::timestamptz, now()))`,
    [id, request.userId, provider, statusCode, durationMs, error, meta, request.createdAt ?? null],
  );
  return id;
}
