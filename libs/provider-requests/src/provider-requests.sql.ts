/** Conditions and the keyset tail follow. */
export const LIST_REQUESTS = `
  SELECT provider, endpoint, method, status_code, duration_ms, error, meta, created_at, id, user_id
  FROM provider_requests r`;

/** Between them stand the conditions. */
export const SUMMARISE_REQUESTS = `
  SELECT provider, count(*) AS total_requests,
         count(*) FILTER (WHERE status_code >= 400 OR error <> '') AS error_requests,
         avg(duration_ms)::float8 AS avg_duration_ms
  FROM provider_requests r`;

/** In the order of the enum. */
export const BY_PROVIDER = 'GROUP BY provider ORDER BY provider';
