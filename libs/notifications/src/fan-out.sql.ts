/** $1 event ids, $2 the types that notify by default. One row per event and wanted channel of an active user; none of what is muted for good; what is snoozed waits. */
export const FAN_OUT = `
  INSERT INTO notifications (user_id, event_id, event_type, channel)
  SELECT e.user_id, e.id, e.type, c.channel
  FROM events e
  JOIN users u ON u.id = e.user_id AND u.is_active
  LEFT JOIN user_notification_preferences p ON p.user_id = e.user_id
  CROSS JOIN LATERAL (
    SELECT 'email'::notification_channel_enum WHERE coalesce(p.email_enabled, true)
    UNION ALL SELECT 'realtime' WHERE coalesce(p.realtime_enabled, true)
    UNION ALL SELECT DISTINCT own.channel::notification_channel_enum
      FROM user_channels own WHERE own.user_id = e.user_id AND own.is_enabled AND own.disabled_reason IS NULL
  ) AS c (channel)
  WHERE e.id = ANY($1::uuid[])
    AND coalesce((p.event_toggles ->> e.type::text)::boolean, e.type::text = ANY($2::text[]))
    AND NOT EXISTS (
      SELECT FROM mutes m
      WHERE m.user_id = e.user_id AND m.muted_until IS NULL
        AND (m.rule_id = e.rule_id OR m.listing_id = e.listing_id OR EXISTS (
          SELECT FROM listings l
          WHERE l.id = e.listing_id AND l.provider = m.provider AND lower(l.seller) = m.seller
        ))
    )
  ON CONFLICT (event_id, channel) DO NOTHING
  RETURNING id`;
