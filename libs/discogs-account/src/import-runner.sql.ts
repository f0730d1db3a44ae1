import type { ImportScope } from './import-job.entity';

/** A job that this process may work on as long as nobody else has taken it. */
export interface ClaimedJob {
  id: string;
  user_id: string;
  import_scope: ImportScope;
  cursor: string | null;
  attempts: number;
  list_size: number | null;
  list_read: number;
  created_count: number;
  list_ids: number[] | null;
  is_scheduled: boolean;
  is_too_old: boolean;
  is_user_active: boolean;
  /** Somebody else had it and did not finish. */
  is_abandoned: boolean;
  link_id: string | null;
  external_user_id: string | null;
  access_token: string | null;
  access_token_secret: string | null;
}

/** $1 lease token, $2 lease in seconds, $3 hours after which an import is given up. */
export const CLAIM_IMPORT = `
  WITH due AS (
    SELECT id, lease_token IS NOT NULL AS is_abandoned FROM import_jobs
    WHERE status IN ('pending', 'running') AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE import_jobs i SET lease_token = $1, due_at = now() + $2 * interval '1 second', attempts = attempts + 1,
      status = 'running', started_at = coalesce(started_at, now())
    FROM due WHERE i.id = due.id
    RETURNING i.*, due.is_abandoned
  )
  SELECT j.id, j.user_id, j.import_scope, j.cursor, j.attempts, j.list_size, j.list_read, j.created_count,
    j.list_ids, j.is_scheduled, j.is_abandoned, j.created_at < now() - $3 * interval '1 hour' AS is_too_old, u.is_active AS is_user_active,
    l.id AS link_id, l.external_user_id, l.access_token, l.access_token_secret
  FROM claimed j JOIN users u ON u.id = j.user_id LEFT JOIN external_account_links l ON l.id = j.external_account_link_id`;

export const COUNT_DUE_IMPORTS = `
  SELECT count(*)::int AS due FROM (
    SELECT FROM import_jobs WHERE status IN ('pending', 'running') AND due_at <= now() LIMIT 100) AS d`;

/** $1 job, $2 lease token. The lease is a fence: without a row somebody else has taken over, and nothing is written. */
export const HOLD_IMPORT = `
  SELECT cursor, list_size, list_read, created_count FROM import_jobs
  WHERE id = $1 AND lease_token = $2 AND status = 'running' FOR UPDATE`;

/** $1 job, $2 source, $3 releases. */
export const NOTE_SEEN = `
  INSERT INTO import_seen_releases (job_id, source, discogs_release_id)
  SELECT $1, $2, id FROM unnest($3::int[]) AS s (id) ON CONFLICT DO NOTHING`;

/** $1 job, $2 source. */
export const TAKE_SEEN = `
  DELETE FROM import_seen_releases WHERE job_id = $1 AND source = $2 RETURNING discogs_release_id`;

/**
 * $1 job, $2 cursor, $3 page, $4 processed, $5 imported, $6 created, $7 size of the list and $8 what was read of it,
 * $9 lease in seconds, $10 ids of lists, if they are known now, $11 what could not be understood, as a JSON array.
 * Progress wipes out earlier failures.
 */
export const ADVANCE_IMPORT = `
  UPDATE import_jobs
  SET cursor = $2, page = $3, processed_count = processed_count + $4, imported_count = imported_count + $5,
      created_count = created_count + $6, updated_count = updated_count + $5 - $6, list_size = $7, list_read = $8,
      attempts = 0, due_at = now() + $9 * interval '1 second', updated_at = now(),
      list_ids = coalesce($10::int[], list_ids), errors = coalesce(errors, '[]') || $11::jsonb
  WHERE id = $1`;

/** $1 job, $2 link. */
export const COMPLETE_IMPORT = `
  WITH synced AS (
    UPDATE external_account_links SET last_synced_at = now() WHERE id = $2
  )
  UPDATE import_jobs SET status = 'completed', completed_at = now(), updated_at = now(), lease_token = NULL
  WHERE id = $1
  RETURNING processed_count, imported_count, created_count`;

/** $1 job, $2 what went wrong, as a JSON array. */
export const FAIL_IMPORT = `
  WITH forgotten AS (DELETE FROM import_seen_releases WHERE job_id = $1)
  UPDATE import_jobs
  SET status = 'failed', completed_at = now(), updated_at = now(), lease_token = NULL,
      error_count = error_count + 1, errors = coalesce(errors, '[]') || $2::jsonb
  WHERE id = $1`;

/** $1 job, $2 lease token, $3 seconds until the next try, $4 whether this one counts as a failure. */
export const GIVE_BACK_IMPORT = `
  UPDATE import_jobs
  SET lease_token = NULL, due_at = now() + $3 * interval '1 second',
      attempts = CASE WHEN $4 THEN attempts ELSE greatest(attempts - 1, 0) END
  WHERE id = $1 AND lease_token = $2`;

/** $1 user, $2 job. Whether the import before this one failed as well. */
export const FAILED_BEFORE = `
  SELECT FROM (
    SELECT status FROM import_jobs
    WHERE user_id = $1 AND id <> $2 AND provider = 'discogs' AND status NOT IN ('pending', 'running')
    ORDER BY created_at DESC LIMIT 1) AS b
  WHERE b.status = 'failed'`;
