import type { MatchableListing } from '../listing';
import type { CompiledWatch } from '../rule';
import { mapTitle } from './map-title';

/** How a listing is known to offer a release; part of the match context. */
export interface MappingEvidence {
  /** The marketplace names the release; or the listing's title says its name, or its name and the pressing's year. */
  evidence: 'provider' | 'artist_title' | 'artist_title_year';
  /** 0 to 1. */
  score: number;
  /** What the title says of the artist and of the release. */
  artist?: string | null;
  title?: string;
  year?: number;
}

/** Who says so sells another pressing than the one of that year. */
const REISSUE =
  /\b(?:re-?issued?|re-?press(?:ed|ing)?|remaster(?:ed)?|anniversary|rsd|180\s?g(?:ram)?|neuauflage)\b/i;

/** Whether the listing carries the Discogs id that the watch wants. */
export function hasIdOf(watch: CompiledWatch, listing: MatchableListing): boolean {
  const listed = watch.matchMode === 'exact_release' ? listing.discogsReleaseId : listing.discogsMasterId;
  return listed === watch.discogsId;
}

/**
 * How the listing is known to offer what the watch wants; null when it is not. What the marketplace says settles it.
 * A title proves a release of any pressing; the very pressing only where it states the pressing's year and no reissue.
 */
export function mappingOf(watch: CompiledWatch, listing: MatchableListing): MappingEvidence | null {
  if (listing.discogsReleaseId !== null || listing.discogsMasterId !== null) {
    return hasIdOf(watch, listing) ? { evidence: 'provider', score: 1 } : null;
  }
  const found = watch.name === null ? null : mapTitle(watch.name, listing);
  if (found === null) return null;
  if (watch.matchMode === 'master_release') return { evidence: 'artist_title', ...found };
  const { year } = watch;
  if (year === null || !listing.title.words.includes(String(year)) || REISSUE.test(listing.text)) return null;
  return { evidence: 'artist_title_year', ...found, year };
}
