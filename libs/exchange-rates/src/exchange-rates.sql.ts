/** The newest rates that are stored; $1 the oldest day that is of any use. */
export const NEWEST_RATES = `
  SELECT rate_date::text AS date, jsonb_object_agg(currency, rate::text) AS rates
  FROM exchange_rates
  WHERE rate_date = (SELECT max(rate_date) FROM exchange_rates WHERE rate_date > $1::date)
  GROUP BY rate_date`;

/** $1 lease token, $2 lease in seconds. */
export const CLAIM_REFRESH = `
  UPDATE exchange_rate_refresh SET lease_token = $1, due_at = now() + $2 * interval '1 second'
  WHERE id = 1 AND due_at <= now()
  RETURNING failures`;

/** $1 day, $2 currencies, $3 rates. */
export const STORE_RATES = `
  INSERT INTO exchange_rates (rate_date, currency, rate)
  SELECT $1::date, c, r FROM unnest($2::text[], $3::numeric[]) AS i (c, r)
  ON CONFLICT (rate_date, currency) DO UPDATE SET rate = excluded.rate`;

/** $1 lease token, $2 seconds until the next time. */
export const FINISH_REFRESH = `
  UPDATE exchange_rate_refresh
  SET lease_token = NULL, failures = 0, last_error = NULL, refreshed_at = now(),
    due_at = now() + $2 * interval '1 second'
  WHERE id = 1 AND lease_token = $1`;

/** $1 lease token, $2 seconds until the next attempt, $3 what went wrong. */
export const FAIL_REFRESH = `
  UPDATE exchange_rate_refresh
  SET lease_token = NULL, failures = least(failures + 1, 1000), last_error = $3,
    due_at = now() + $2 * interval '1 second'
  WHERE id = 1 AND lease_token = $1`;
