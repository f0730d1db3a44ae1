/** $1 user id. The row of `GET /api/me`; which providers there are is known elsewhere. */
export const READ_PROFILE = `
  SELECT u.id, u.email, u.display_name, u.is_active, u.created_at, u.updated_at,
         jsonb_build_object(
           'timezone', u.timezone,
           'currency', u.currency,
           'ebay_marketplace_id', u.ebay_marketplace_id,
           'notifications_email', coalesce(p.email_enabled, true),
           'notifications_push', coalesce(p.realtime_enabled, true),
           'quiet_hours_start', p.quiet_hours_start,
           'quiet_hours_end', p.quiet_hours_end,
           'notification_timezone', p.timezone_override,
           'delivery_frequency', coalesce(p.delivery_frequency, 'instant'),
           'daily_cap', p.daily_cap,
           'event_toggles', coalesce(p.event_toggles, '{}')
         ) AS preferences,
         ARRAY(SELECT l.provider::text FROM external_account_links l WHERE l.user_id = u.id) AS linked,
         (
           SELECT coalesce(jsonb_object_agg(c.source, c.rules), '{}')
           FROM (
             SELECT s.source, count(*)::int AS rules
             FROM watch_search_rules r
             CROSS JOIN jsonb_array_elements_text(
               CASE jsonb_typeof(r.query -> 'sources') WHEN 'array' THEN r.query -> 'sources' ELSE '[]' END
             ) AS s (source)
             WHERE r.user_id = u.id
             GROUP BY s.source
           ) c
         ) AS rules_by_source
  FROM users u
  LEFT JOIN user_notification_preferences p ON p.user_id = u.id
  WHERE u.id = $1`;

/** $1 user id. */
export const DISABLE_RULES = `
  UPDATE watch_search_rules SET is_active = false, updated_at = now() WHERE user_id = $1 AND is_active`;
