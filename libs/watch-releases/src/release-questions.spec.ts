import type { ListingProvider, ProviderCapabilities, ProviderName } from '@waxwatch/integrations';
import { releaseQuestions } from './release-questions';

const provider = (name: ProviderName, supportsReleases: boolean): ListingProvider => ({
  name,
  capabilities: { supportsReleases } as ProviderCapabilities,
  search: async () => await Promise.reject(new Error('not asked')),
});
const PROVIDERS = [provider('discogs', true), provider('ebay', false), provider('mock', true)];
const WATCH = {
  discogs_release_id: 11,
  discogs_master_id: 99,
  match_mode: 'exact_release',
  is_active: true,
} as const;

describe('releaseQuestions', () => {
  it('asks those who can look a release up', () => {
    expect(releaseQuestions(WATCH, PROVIDERS)).toEqual([
      { provider: 'discogs', kind: 'release', marketplace: null, key: '11' },
      { provider: 'mock', kind: 'release', marketplace: null, key: '11' },
    ]);
  });

  it('asks for the master in master mode', () => {
    expect(releaseQuestions({ ...WATCH, match_mode: 'master_release' }, PROVIDERS)).toMatchObject([
      { kind: 'master', key: '99' },
      { kind: 'master', key: '99' },
    ]);
  });

  it('asks nothing while disabled', () => {
    expect(releaseQuestions({ ...WATCH, is_active: false }, PROVIDERS)).toEqual([]);
  });
});
