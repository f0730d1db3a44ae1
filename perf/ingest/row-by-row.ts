import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Event } from '../../libs/events/src/event.entity';
import type { ProviderListing } from '../../libs/integrations/src/listing-provider';
import { Listing } from '../../libs/listings/src/listing.entity';
import { ListingAlert } from '../../libs/listings/src/listing-alert.entity';
import { PriceSnapshot } from '../../libs/listings/src/price-snapshot.entity';
import {
  matchRule,
  type Matcher,
  normaliseTitle,
  SAME_CURRENCY_ONLY,
  toMatchable,
} from '../../libs/matching/src';
import { compileRule } from '../../libs/matching/src/rule';
import { WatchMatch } from '../../libs/matching/src/watch-match.entity';
import { Notification } from '../../libs/notifications/src/notification.entity';
import type { Database } from '../../libs/platform/src/database';
import { NotificationPreferences } from '../../libs/users/src/notification-preferences.entity';
import { WatchRule } from '../../libs/watch-rules/src/watch-rule.entity';

/** What a user has who has chosen nothing. */
const CHANNELS_BY_DEFAULT = ['email', 'realtime'] as const;

/**
 * The baseline: the same work as one writes it with an object mapper, one listing after another, each in a
 * transaction of its own, with `findOneBy` and `save`. Matching is the same in-memory index, so that only the way
 * of reading and writing is compared.
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
  for (const candidate of await matcher.match(tx, [matchable], SAME_CURRENCY_ONLY)) {
    const rule = await tx.findOneBy(WatchRule, { id: candidate.id, isActive: true });
    if (!rule) continue;
    const compiled = compileRule({
      id: rule.id,
      version: rule.version,
      query: rule.query,
      userCurrency: null,
    });
    const context = matchRule(compiled, matchable, SAME_CURRENCY_ONLY);
    if (context) await recordMatch(tx, rule, id, listing, context);
  }
}

/** @returns the id of a new or changed listing, null when nothing is new */
async function store(tx: EntityManager, listing: ProviderListing): Promise<string | null> {
  const { provider, externalId, price, currency } = listing;
  const known = await tx.findOneBy(Listing, { provider, externalId });
  const isNews = known?.price !== price || known.title !== listing.title;
  const saved = await tx.save(
    tx.create(Listing, {
      id: known?.id ?? randomUUID(),
      provider,
      externalId,
      url: listing.url,
      title: listing.title,
      normalizedTitle: normaliseTitle(listing.title),
      price,
      currency,
      shippingPrice: listing.shippingPrice,
      condition: listing.condition,
      seller: listing.seller,
      location: listing.location,
      status: listing.status,
      lastSeenAt: new Date(),
      raw: listing.raw,
    }),
  );
  if (!isNews) return null;
  await tx.save(tx.create(PriceSnapshot, { listingId: saved.id, price, currency }));
  return saved.id;
}

async function recordMatch(
  tx: EntityManager,
  rule: WatchRule,
  listingId: string,
  listing: ProviderListing,
  context: object,
): Promise<void> {
  if (await tx.existsBy(WatchMatch, { ruleId: rule.id, listingId })) return;
  await tx.save(tx.create(WatchMatch, { ruleId: rule.id, listingId, matchContext: { ...context } }));
  const { userId } = rule;
  for (const type of ['NEW_MATCH', 'LISTING_FIRST_SEEN'] as const) {
    const payload = { rule_name: rule.name, listing_title: listing.title, price: Number(listing.price) };
    const event = await tx.save(tx.create(Event, { userId, type, ruleId: rule.id, listingId, payload }));
    if (type !== 'NEW_MATCH') continue;
    await tx.findOneBy(NotificationPreferences, { userId });
    for (const channel of CHANNELS_BY_DEFAULT) {
      await tx.save(tx.create(Notification, { userId, eventId: event.id, eventType: type, channel }));
    }
  }
  if (await tx.existsBy(ListingAlert, { listingId, userId })) return;
  await tx.insert(ListingAlert, {
    listingId,
    userId,
    alertedPrice: listing.price,
    alertedCurrency: listing.currency,
    ruleId: rule.id,
  });
}
