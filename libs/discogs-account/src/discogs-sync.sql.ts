/**
 * $1 interval in seconds, $2 how many, $3 whether links without a credential of their own can be read. Those whose last
 * turn is longest ago come first, so that everybody has one. The turn is taken with this statement. Lists are read by
 * schedule only for whom they were read before: most people keep them for other things than buying. Chosen once: inside
 * the condition of the update a plan may ask for the next ones again for each row, and take more than $2.
 */
export const TAKE_TURNS = `
  WITH chosen AS MATERIALIZED (
    SELECT l.id FROM external_account_links l JOIN users u ON u.id = l.user_id AND u.is_active
    WHERE l.provider = 'discogs' AND l.reconnect_required_at IS NULL AND ($3 OR l.access_token IS NOT NULL)
      AND (l.last_synced_at IS NULL OR l.last_synced_at <= now() - $1 * interval '1 second')
    ORDER BY l.last_synced_at NULLS FIRST, l.id LIMIT $2
    FOR UPDATE OF l SKIP LOCKED)
  UPDATE external_account_links SET last_synced_at = now() FROM chosen
  WHERE external_account_links.id = chosen.id
  RETURNING external_account_links.id, user_id, EXISTS (
    SELECT FROM import_jobs j
    WHERE j.user_id = external_account_links.user_id AND j.import_scope IN ('lists', 'all')
      AND j.status = 'completed') AS has_imported_lists`;
