import { Injectable } from '@nestjs/common';
import type { NewEvent } from '@waxwatch/events';
import { toMinor } from '@waxwatch/matching';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { listingPayload, watchPayload } from './event-payloads';
import type { StoredListing } from './listing-store';
import { AUDIENCE, TELL_PRICE_DROPS } from './price-changes.sql';

interface AudienceRow {
  listing_id: string;
  user_id: string;
  rule_id: string | null;
  rule_name: string | null;
  watch_release_id: string | null;
  watch_release_title: string | null;
  watch_release_artist: string | null;
  watch_release_year: number | null;
  watch_match_mode: string | null;
}

type Change = 'LISTING_PRICE_DROP' | 'LISTING_PRICE_RISE' | 'LISTING_ENDED';

/** What changed about a listing that a person may want to hear; prices compare in one currency only. */
export function changeOf({ listing, previous }: StoredListing): Change | null {
  if (!previous) return null;
  if (listing.status === 'ended') return previous.status === 'ended' ? null : 'LISTING_ENDED';
  if (previous.currency !== listing.currency) return null;
  const before = toMinor(previous.price, 'down') ?? 0;
  const after = toMinor(listing.price, 'down') ?? 0;
  if (after === before) return null;
  return after < before ? 'LISTING_PRICE_DROP' : 'LISTING_PRICE_RISE';
}

/** Tells those who were alerted to a listing that its price moved or that it is gone. */
@Injectable()
export class PriceChanges {
  constructor(@InjectConfig() private readonly config: AppConfig) {}

  /**
   * The events that follow from a stored batch. To be called before the batch's new matches are noted: whoever
   * hears of the listing for the first time is not told of a change as well.
   */
  async eventsFor(tx: EntityManager, stored: readonly StoredListing[]): Promise<NewEvent[]> {
    const changes = stored.flatMap((item) => {
      const type = changeOf(item);
      return type ? [{ item, type }] : [];
    });
    const drops = changes.filter(({ type }) => type === 'LISTING_PRICE_DROP').map(({ item }) => item);
    const others = changes.filter(({ type }) => type !== 'LISTING_PRICE_DROP');
    const otherItems = others.map(({ item }) => item);
    const typeOf = new Map(others.map(({ item, type }) => [item.id, type]));
    return [
      ...toEvents(await this.tellDrops(tx, drops), drops, () => 'LISTING_PRICE_DROP'),
      ...toEvents(
        await readAudience(tx, otherItems),
        otherItems,
        (id) => typeOf.get(id) ?? 'LISTING_PRICE_RISE',
      ),
    ];
  }

  private async tellDrops(tx: EntityManager, drops: readonly StoredListing[]): Promise<AudienceRow[]> {
    if (drops.length === 0) return [];
    return await rowsIn<AudienceRow>(tx, TELL_PRICE_DROPS, [
      drops.map(({ id }) => id),
      drops.map(({ previous }) => previous?.price ?? '0'),
      drops.map(({ listing }) => listing.price),
      drops.map(({ listing }) => listing.currency),
      this.config.PRICE_DROP_MIN_PERCENT,
      this.config.PRICE_DROP_HOLD_HOURS,
    ]);
  }
}

async function readAudience(tx: EntityManager, items: readonly StoredListing[]): Promise<AudienceRow[]> {
  if (items.length === 0) return [];
  return await rowsIn<AudienceRow>(tx, AUDIENCE, [items.map(({ id }) => id)]);
}

function toEvents(
  audience: readonly AudienceRow[],
  items: readonly StoredListing[],
  typeOf: (listingId: string) => Change,
): NewEvent[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  return audience.flatMap((row): NewEvent[] => {
    const item = byId.get(row.listing_id);
    if (!item) return [];
    return [
      {
        userId: row.user_id,
        type: typeOf(row.listing_id),
        ruleId: row.rule_id,
        watchReleaseId: row.watch_release_id,
        listingId: row.listing_id,
        payload: {
          ...reasonOf(row),
          ...listingPayload(item),
          old_price: item.previous ? Number(item.previous.price) : null,
        },
      },
    ];
  });
}

/** Why the user hears of it, by the names that a new match has. */
function reasonOf(row: AudienceRow): Record<string, unknown> {
  const {
    rule_name,
    watch_release_title: title,
    watch_release_artist: artist,
    watch_release_year: year,
  } = row;
  return {
    ...(rule_name === null ? {} : { rule_name }),
    ...(title === null
      ? {}
      : watchPayload({ title, artist, year, matchMode: row.watch_match_mode ?? undefined })),
  };
}
