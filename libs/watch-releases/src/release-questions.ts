import type { ListingProvider } from '@waxwatch/integrations';
import { releaseTerms } from '@waxwatch/matching';
import type { PollQuestion, WatchWish } from '@waxwatch/polling';
import type { WatchReleaseRow } from './watch-releases.schema';

/** How often a marketplace is asked that looks releases up. */
export const LOOKUP_SECONDS = 3600;
/** How often one is asked that has to be searched by name: it grants fewer calls, and rules search there too. */
export const SEARCH_SECONDS = 6 * 3600;

export type AskedFor = Pick<
  WatchReleaseRow,
  'discogs_release_id' | 'discogs_master_id' | 'match_mode' | 'title' | 'artist' | 'year' | 'is_active'
>;

/**
 * What to ask the marketplaces for a watched release, nothing while it is disabled: to look it up where they can, and
 * otherwise what is for sale by its name, if it has one that titles can say.
 * @param marketplace where eBay is searched; null for where the server does
 */
export function releaseQuestions(
  watch: AskedFor,
  enabled: readonly ListingProvider[],
  marketplace: string | null = null,
): PollQuestion[] {
  const isExact = watch.match_mode === 'exact_release';
  const id = isExact ? watch.discogs_release_id : watch.discogs_master_id;
  if (!watch.is_active || id === null) return [];
  // Without its year a pressing cannot be told from others by what titles say.
  const terms = isExact && watch.year === null ? null : releaseTerms(watch);
  return enabled.flatMap(({ name: provider, capabilities }): PollQuestion[] => {
    if (capabilities.supportsReleases) {
      const kind = isExact ? 'release' : 'master';
      return [{ provider, kind, marketplace: null, key: String(id), intervalSeconds: LOOKUP_SECONDS }];
    }
    if (!capabilities.supportsSearch || terms === null) return [];
    const at = provider === 'ebay' ? marketplace : null;
    return [{ provider, kind: 'search', marketplace: at, key: terms, intervalSeconds: SEARCH_SECONDS }];
  });
}

/** The same for many watched releases of one user. */
export const releaseWishes = (
  watches: readonly (AskedFor & { id: string })[],
  enabled: readonly ListingProvider[],
  marketplace: string | null,
): WatchWish[] =>
  watches.flatMap((watch) =>
    releaseQuestions(watch, enabled, marketplace).map((question) => ({ watchReleaseId: watch.id, question })),
  );
