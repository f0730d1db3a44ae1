import type { MatchableListing } from '../listing';
import type { CompiledWatch } from '../rule';
import { mapTitle, type NameEvidence, nameOccursIn } from './map-title';
import { codeIn } from './release-codes';

/** How a listing is known to offer a release; part of the match context. */
export interface MappingEvidence {
  /**
   * The marketplace names the release; or the listing says its name, alone or with what tells the pressing: its barcode,
   * its catalogue number, or its year.
   */
  evidence: 'provider' | 'artist_title' | 'artist_title_year' | 'artist_title_catno' | 'artist_title_barcode';
  /** 0 to 1. */
  score: number;
  /** What the title says of the artist and of the release. */
  artist?: string | null;
  title?: string;
  year?: number;
  /** The catalogue number or barcode, as it is printed. */
  code?: string;
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
 * A title proves a release of any pressing. The very pressing it proves only beside a barcode, a catalogue number (which
 * a reissue of another year may share), or the pressing's year where no reissue is mentioned.
 */
export function mappingOf(watch: CompiledWatch, listing: MatchableListing): MappingEvidence | null {
  if (listing.discogsReleaseId !== null || listing.discogsMasterId !== null) {
    return hasIdOf(watch, listing) ? { evidence: 'provider', score: 1 } : null;
  }
  const { name, codes } = watch;
  if (name === null || !nameOccursIn(name, listing.title)) return null;
  const barcode = codeIn(codes.barcodes, listing);
  const catno = barcode === null ? codeIn(codes.catalogueNumbers, listing) : null;
  const found = mapTitle(name, listing, barcode !== null || catno !== null);
  if (found === null) return null;
  if (barcode !== null) return { evidence: 'artist_title_barcode', ...found, score: 0.99, code: barcode };
  if (catno !== null && mayBeOfThatYear(watch, listing)) {
    return { evidence: 'artist_title_catno', ...found, score: 0.97, code: catno };
  }
  return watch.matchMode === 'master_release'
    ? { evidence: 'artist_title', ...found }
    : byYear(watch, listing, found);
}

function byYear(
  watch: CompiledWatch,
  listing: MatchableListing,
  found: NameEvidence,
): MappingEvidence | null {
  const { year } = watch;
  if (year === null || !yearsIn(watch, listing).includes(String(year)) || REISSUE.test(listing.text))
    return null;
  return { evidence: 'artist_title_year', ...found, year };
}

/** Whether the title names no other year than that of the pressing. */
function mayBeOfThatYear(watch: CompiledWatch, listing: MatchableListing): boolean {
  const years = yearsIn(watch, listing);
  return watch.matchMode === 'master_release' || years.length === 0 || years.includes(String(watch.year));
}

/** The years that a title states; one that belongs to the record's name (`Delay 1968`) counts when it stands there twice. */
function yearsIn({ name }: CompiledWatch, { title }: MatchableListing): string[] {
  const years = title.words.filter((word) => /^(?:19[4-9]|20[0-4])\d$/.test(word));
  return years.filter((year, index) => !name?.words.has(year) || years.indexOf(year) < index);
}
