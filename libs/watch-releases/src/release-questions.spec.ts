import type { ListingProvider, ProviderCapabilities, ProviderName } from '@waxwatch/integrations';
import { releaseQuestions } from './release-questions';

const provider = (name: ProviderName, supportsReleases: boolean): ListingProvider => ({
  name,
  capabilities: { supportsSearch: true, supportsReleases } as ProviderCapabilities,
  search: async () => await Promise.reject(new Error('not asked')),
});
const PROVIDERS = [provider('discogs', true), provider('ebay', false), provider('mock', true)];
const WATCH = {
  discogs_release_id: 11,
  discogs_master_id: 99,
  match_mode: 'exact_release',
  title: 'Frizzle Fry',
  artist: 'Primus',
  year: 1990,
  is_active: true,
} as const;

describe('releaseQuestions', () => {
  it('asks those who can look a release up, and the others for its name', () => {
    expect(releaseQuestions(WATCH, PROVIDERS)).toEqual([
      { provider: 'discogs', kind: 'release', marketplace: null, key: '11', intervalSeconds: 3600 },
      {
        provider: 'ebay',
        kind: 'search',
        marketplace: null,
        key: 'frizzle fry primus',
        intervalSeconds: 21_600,
      },
      { provider: 'mock', kind: 'release', marketplace: null, key: '11', intervalSeconds: 3600 },
    ]);
  });

  it('asks for the master in master mode, and for its name whatever the year', () => {
    const master = { ...WATCH, match_mode: 'master_release', year: null } as const;
    expect(releaseQuestions(master, PROVIDERS)).toMatchObject([
      { kind: 'master', key: '99' },
      { kind: 'search', key: 'frizzle fry primus' },
      { kind: 'master', key: '99' },
    ]);
  });

  it.each([
    ['an artist', { artist: null }],
    ['the year of its pressing', { year: null }],
  ])('searches for no release without %s', (_, without) => {
    const questions = releaseQuestions({ ...WATCH, ...without }, PROVIDERS);
    expect(questions.map(({ kind }) => kind)).toEqual(['release', 'release']);
  });

  it('asks nothing while disabled', () => {
    expect(releaseQuestions({ ...WATCH, is_active: false }, PROVIDERS)).toEqual([]);
  });
});
