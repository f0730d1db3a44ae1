import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { ProviderListing } from '../../libs/integrations/src/listing-provider';
import {
  matchRule,
  type Matcher,
  normaliseTitle,
  SAME_CURRENCY_ONLY,
  toMatchable,
} from '../../libs/matching/src';
import { compileStoredRule, type StoredWatch } from '../../libs/matching/src/stored-watch';
import { type Database, rowsIn } from '../../libs/platform/src/database';

/**
 * The baseline: the same work as an object mapper would do it, one listing after another, each in a transaction of
 * its own, one statement per row. Matching is the same in-memory index, so that only the way of writing is compared.
 */
export async function ingestRowByRow(
  db: Database,
  matcher: Matcher,
  listings: readonly ProviderListing[],
): Promise<void> {
  for (const listing of listings) {
    await db.transaction(async (tx) => await ingestOne(tx, matcher, listing));
  }
}

async function ingestOne(tx: EntityManager, matcher: Matcher, listing: ProviderListing): Promise<void> {
  const id = await store(tx, listing);
  if (id === null) return;
  const matchable = toMatchable(listing);
  for (const candidate of await matcher.match(tx, [matchable])) {
    const [rule] = await rowsIn<StoredWatch & { user_id: string; name: string }>(
      tx,
      `SELECT 'rule' AS kind, r.id, r.version, r.is_active, u.currency AS user_currency, r.query AS data, r.user_id, r.name
       FROM watch_search_rules r JOIN users u ON u.id = r.user_id WHERE r.id = $1 AND r.is_active AND u.is_active`,
      [candidate.id],
    );
    const context = rule && matchRule(compileStoredRule(rule), matchable, SAME_CURRENCY_ONLY);
    if (rule && context) await recordMatch(tx, rule, id, listing, context);
  }
}

/** @returns the id of a new or changed listing, null when nothing is new */
async function store(tx: EntityManager, listing: ProviderListing): Promise<string | null> {
  const [known] = await rowsIn<{ id: string; price: string; currency: string; title: string }>(
    tx,
    'SELECT id, price, currency, title FROM listings WHERE provider = $1 AND external_id = $2 FOR UPDATE',
    [listing.provider, listing.externalId],
  );
  if (!known) {
    const id = randomUUID();
    await rowsIn(
      tx,
      `INSERT INTO listings (id, provider, external_id, url, title, normalized_title, price, currency, shipping_price,
         condition, seller, location, raw) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      [
        id,
        listing.provider,
        listing.externalId,
        listing.url,
        listing.title,
        normaliseTitle(listing.title),
        listing.price,
        listing.currency,
        listing.shippingPrice,
        listing.condition,
        listing.seller,
        listing.location,
        JSON.stringify(listing.raw),
      ],
    );
    await snapshot(tx, id, listing);
    return id;
  }
  await rowsIn(
    tx,
    `UPDATE listings SET url = $2, title = $3, normalized_title = $4, price = $5, currency = $6, shipping_price = $7,
       condition = $8, seller = $9, location = $10, raw = $11, last_seen_at = now() WHERE id = $1`,
    [
      known.id,
      listing.url,
      listing.title,
      normaliseTitle(listing.title),
      listing.price,
      listing.currency,
      listing.shippingPrice,
      listing.condition,
      listing.seller,
      listing.location,
      JSON.stringify(listing.raw),
    ],
  );
  if (known.price === listing.price && known.title === listing.title) return null;
  await snapshot(tx, known.id, listing);
  return known.id;
}

async function snapshot(tx: EntityManager, id: string, listing: ProviderListing): Promise<void> {
  await rowsIn(tx, 'INSERT INTO price_snapshots (listing_id, price, currency) VALUES ($1, $2, $3)', [
    id,
    listing.price,
    listing.currency,
  ]);
}

async function recordMatch(
  tx: EntityManager,
  rule: { id: string; user_id: string; name: string },
  listingId: string,
  listing: ProviderListing,
  context: object,
): Promise<void> {
  const inserted = await rowsIn(
    tx,
    `INSERT INTO watch_matches (rule_id, listing_id, match_context) VALUES ($1, $2, $3)
     ON CONFLICT (rule_id, listing_id) DO NOTHING RETURNING id`,
    [rule.id, listingId, JSON.stringify(context)],
  );
  if (inserted.length === 0) return;
  for (const type of ['NEW_MATCH', 'LISTING_FIRST_SEEN']) {
    const eventId = randomUUID();
    await rowsIn(
      tx,
      'INSERT INTO events (id, user_id, type, rule_id, listing_id, payload) VALUES ($1, $2, $3, $4, $5, $6)',
      [
        eventId,
        rule.user_id,
        type,
        rule.id,
        listingId,
        JSON.stringify({ rule_name: rule.name, title: listing.title }),
      ],
    );
    if (type !== 'NEW_MATCH') continue;
    await rowsIn(tx, 'SELECT * FROM user_notification_preferences WHERE user_id = $1', [rule.user_id]);
    for (const channel of ['email', 'realtime']) {
      await rowsIn(
        tx,
        'INSERT INTO notifications (user_id, event_id, event_type, channel) VALUES ($1, $2, $3, $4)',
        [rule.user_id, eventId, type, channel],
      );
    }
  }
  await rowsIn(
    tx,
    `INSERT INTO listing_alerts (listing_id, user_id, alerted_price, alerted_currency, rule_id) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING`,
    [listingId, rule.user_id, listing.price, listing.currency, rule.id],
  );
}
