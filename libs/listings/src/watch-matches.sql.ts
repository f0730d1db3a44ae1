import { isToldOfRelease } from './offers-of-masters.sql';

/**
 * $1 listings, $2 users, pair by pair. Those of the pairs of which the user was told for a watched release already,
 * so that a copy makes one alert, however many of the user's watches it fits.
 */
export const TOLD_FOR_WATCHES = `
  SELECT a.listing_id, a.user_id
  FROM unnest($1::uuid[], $2::uuid[]) AS p (listing_id, user_id)
  JOIN listing_alerts a USING (listing_id, user_id)
  JOIN watch_releases w ON w.id = a.watch_release_id
  UNION ALL
  SELECT p.listing_id, p.user_id
  FROM unnest($1::uuid[], $2::uuid[]) AS p (listing_id, user_id)
  WHERE ${isToldOfRelease('p')}`;
