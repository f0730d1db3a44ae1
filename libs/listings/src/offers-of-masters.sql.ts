/**
 * Discogs has one offer of each release, and one of a master over all its pressings: the cheapest of theirs. At the
 * same price both are one copy. True where the listing of `pair`, a row with listing_id and user_id, is the offer of a
 * master, and the user was told of that copy for the very release that it is of.
 */
export const isToldOfRelease = (pair: string): string => `EXISTS (
    SELECT FROM listings m
    JOIN listings r ON r.provider = m.provider AND r.discogs_master_id = m.discogs_master_id
      AND r.discogs_release_id IS NOT NULL AND r.status = 'active' AND (r.price, r.currency) = (m.price, m.currency)
    JOIN listing_alerts t ON t.listing_id = r.id AND t.user_id = ${pair}.user_id
    JOIN watch_releases tw ON tw.id = t.watch_release_id
    WHERE m.id = ${pair}.listing_id AND m.provider = 'discogs' AND m.discogs_release_id IS NULL)`;
