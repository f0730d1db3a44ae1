import type { ListingProvider } from '@waxwatch/integrations';
import type { PollQuestion } from '@waxwatch/polling';
import type { WatchReleaseRow } from './watch-releases.schema';

/** What to ask the marketplaces for a watched release: those that can look one up; nothing while it is disabled. */
export function releaseQuestions(
  watch: Pick<WatchReleaseRow, 'discogs_release_id' | 'discogs_master_id' | 'match_mode' | 'is_active'>,
  enabled: readonly ListingProvider[],
): PollQuestion[] {
  const isExact = watch.match_mode === 'exact_release';
  const id = isExact ? watch.discogs_release_id : watch.discogs_master_id;
  if (!watch.is_active || id === null) return [];
  return enabled
    .filter((provider) => provider.capabilities.supportsReleases)
    .map(({ name }) => ({
      provider: name,
      kind: isExact ? 'release' : 'master',
      marketplace: null,
      key: String(id),
    }));
}
