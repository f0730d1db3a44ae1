import type { NewEvent } from '@waxwatch/events';
import { rowsIn } from '@waxwatch/platform/database';
import type { EntityManager } from 'typeorm';
import { describePressing } from './event-payloads';
import { MAPPED_RELEASES } from './listing-mappings.sql';

interface MappedRow {
  listing_id: string;
  discogs_id: number;
  /** Of a Discogs listing of that release, if we know one. */
  raw: unknown;
}

/** Events about listings of which the title alone says what release they are, with what is known of that release. */
export async function nameMappedReleases(
  tx: EntityManager,
  events: readonly NewEvent[],
): Promise<NewEvent[]> {
  const unnamed = new Set(events.flatMap((event) => (isUnnamed(event) ? [event.listingId] : [])));
  if (unnamed.size === 0) return [...events];
  const rows = await rowsIn<MappedRow>(tx, MAPPED_RELEASES, [[...unnamed]]);
  if (rows.length === 0) return [...events];
  return events.map((event) => {
    const mapped = isUnnamed(event) ? releaseOf(event, rows) : undefined;
    if (!mapped) return event;
    const release = { discogs_release_id: mapped.discogs_id, pressing: describePressing(mapped.raw) };
    return { ...event, payload: { ...event.payload, mapped_release: release } };
  });
}

const isUnnamed = ({ listingId, payload }: NewEvent): boolean =>
  typeof listingId === 'string' && payload?.['discogs_release_id'] === null;

/** The one that its user watches; else the only one that anybody has found in the title. */
function releaseOf({ listingId, payload }: NewEvent, rows: readonly MappedRow[]): MappedRow | undefined {
  const found = rows.filter((row) => row.listing_id === listingId);
  const watched = watchedRelease(payload?.['matched']);
  if (watched !== null) return found.find((row) => row.discogs_id === watched);
  return found.length === 1 ? found[0] : undefined;
}

function watchedRelease(matched: unknown): number | null {
  if (typeof matched !== 'object' || matched === null || !('discogs_release_id' in matched)) return null;
  return typeof matched.discogs_release_id === 'number' ? matched.discogs_release_id : null;
}
