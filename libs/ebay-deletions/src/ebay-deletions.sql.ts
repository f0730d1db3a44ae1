/** $1 notification, $2 names in lower case. eBay may say the same thing several times. */
export const RECEIVE_DELETION = `
  INSERT INTO ebay_account_deletions (notification_id, seller_names) VALUES ($1, $2)
  ON CONFLICT (notification_id) DO NOTHING`;

/** $1 lease token, $2 lease in seconds. */
export const CLAIM_DELETION = `
  UPDATE ebay_account_deletions SET lease_token = $1, due_at = now() + $2 * interval '1 second'
  WHERE notification_id = (
    SELECT notification_id FROM ebay_account_deletions WHERE seller_names IS NOT NULL AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING notification_id, seller_names, passes`;

/**
 * $1 notification, $2 lease token, $3 passes in all, $4 seconds until the next one. With the last pass the names go
 * as well.
 */
export const FINISH_PASS = `
  UPDATE ebay_account_deletions
  SET passes = passes + 1, lease_token = NULL, due_at = now() + $4 * interval '1 second',
    seller_names = CASE WHEN passes + 1 < $3 THEN seller_names END,
    erased_at = CASE WHEN passes + 1 < $3 THEN NULL ELSE now() END
  WHERE notification_id = $1 AND lease_token = $2`;

export const COUNT_DUE_DELETIONS = `
  SELECT count(*)::int AS due FROM (
    SELECT FROM ebay_account_deletions WHERE seller_names IS NOT NULL AND due_at <= now() LIMIT 100) AS d`;
