/** What is known of the release that watch `w` is about. */
export const RELEASE_CODES = `LEFT JOIN release_codes k ON k.discogs_release_id = w.discogs_release_id`;

/** What matching reads of a watched release `w` and its `RELEASE_CODES`. */
export const WATCH_DATA = `
           jsonb_build_object('match_mode', w.match_mode, 'discogs_release_id', w.discogs_release_id,
             'discogs_master_id', w.discogs_master_id, 'target_price', w.target_price::text,
             'currency', w.currency, 'min_condition', w.min_condition, 'title', w.title, 'artist', w.artist,
             'year', w.year, 'catalogue_numbers', k.catalogue_numbers, 'barcodes', k.barcodes)`;
