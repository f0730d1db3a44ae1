const JOB_COLUMNS = `id, user_id, provider, import_scope, status, cursor, page, processed_count, imported_count,
    created_count, updated_count, error_count, errors, started_at, completed_at, created_at, updated_at`;

/** $1 id, $2 user, $3 link, $4 scope, $5 whether by schedule, $6 seconds to wait. No row while another is under way. */
export const CREATE_IMPORT = `
  INSERT INTO import_jobs (id, user_id, external_account_link_id, provider, import_scope, is_scheduled, due_at,
    status, errors, started_at)
  VALUES ($1, $2, $3, 'discogs', $4, $5, now() + $6 * interval '1 second', 'running', '[]', now())
  ON CONFLICT (user_id, provider) WHERE status IN ('pending', 'running') DO NOTHING
  RETURNING ${JOB_COLUMNS}`;

/** $1 user. */
export const FIND_IMPORT_UNDER_WAY = `
  SELECT ${JOB_COLUMNS} FROM import_jobs
  WHERE user_id = $1 AND provider = 'discogs' AND status IN ('pending', 'running')`;

/** $1 user, $2 job. */
export const GET_IMPORT = `
  SELECT ${JOB_COLUMNS} FROM import_jobs WHERE user_id = $1 AND id = $2 AND provider = 'discogs'`;

/** $1 user, $2 what went wrong, as a JSON array. */
export const CANCEL_IMPORTS = `
  WITH cancelled AS (
    UPDATE import_jobs
    SET status = 'failed', completed_at = now(), updated_at = now(), lease_token = NULL,
        error_count = error_count + 1, errors = coalesce(errors, '[]') || $2::jsonb
    WHERE user_id = $1 AND provider = 'discogs' AND status IN ('pending', 'running')
    RETURNING id, import_scope
  ), forgotten AS (
    DELETE FROM import_seen_releases WHERE job_id IN (SELECT id FROM cancelled)
  )
  SELECT id, import_scope FROM cancelled`;

/**
 * $1 users, $2 days, $3 limit. Imports of the schedule that are over for so long: there is one every hour. The last one
 * stays, because whether the next failure is news depends on it, and so do all that users began themselves.
 */
export const FORGET_SCHEDULED_IMPORTS = `
  DELETE FROM import_jobs WHERE id IN (
    SELECT j.id FROM import_jobs j
    WHERE j.user_id = ANY($1::uuid[]) AND j.provider = 'discogs' AND j.is_scheduled
      AND j.status NOT IN ('pending', 'running') AND j.created_at < now() - $2::int * interval '1 day'
      AND EXISTS (
        SELECT FROM import_jobs later
        WHERE later.user_id = j.user_id AND later.provider = 'discogs'
          AND later.status NOT IN ('pending', 'running') AND later.created_at > j.created_at)
    LIMIT $3)`;
