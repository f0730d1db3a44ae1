import { mockReleases } from '@waxwatch/integrations';

/** The claims of the one who tries the demo; the same at every start, so that rules and alerts stay. */
export const DEMO_COLLECTOR = {
  sub: '0de30c01-1ec7-4000-8000-000000000001',
  email: 'collector@waxwatch.example',
};

/** For clients that sign in with a form; no secret, as the demo lets anybody in who reaches it. */
export const DEMO_PASSWORD = 'waxwatch-demo';

/** As long as anybody leaves a demo running. */
export const TOKEN_SECONDS = 7 * 86_400;

export const DEMO_PROFILE = {
  display_name: 'Demo collector',
  preferences: { currency: 'USD', notifications_email: false },
};

const RULE = { is_active: true, poll_interval_seconds: 30 };

/** Rules that the demo's marketplaces satisfy: some at once, all of them again and again. */
export const demoRules = (sources: readonly string[]): Record<string, unknown>[] => [
  { ...RULE, name: 'Kraftwerk', query: { keywords: ['kraftwerk'], sources } },
  {
    ...RULE,
    name: 'Miles Davis, clean and under $90',
    query: { keywords: ['miles davis'], max_price: 90, min_condition: 'VG+', sources },
  },
  {
    ...RULE,
    name: 'Blue Note, any grade, under $60',
    query: { keywords: ['blue note'], max_price: 60, sources },
  },
  {
    ...RULE,
    name: 'Japanese pressings, near mint',
    query: { keywords: ['japan', 'obi'], min_condition: 'NM', sources },
  },
];

/** An album in any pressing, and one very pressing. */
export function demoWatches(): Record<string, unknown>[] {
  return [
    watch('Madvillain', 'Madvillainy', 'master_release'),
    watch('Boards Of Canada', 'Geogaddi', 'exact_release'),
  ].filter((found) => found !== null);
}

function watch(
  artist: string,
  title: string,
  mode: 'exact_release' | 'master_release',
): Record<string, unknown> | null {
  const release = mockReleases().find((known) => known.artist === artist && known.title === title);
  if (!release) return null;
  const { releaseId, masterId, year } = release;
  return {
    discogs_release_id: releaseId,
    discogs_master_id: masterId,
    match_mode: mode,
    title,
    artist,
    year,
    currency: 'USD',
  };
}
