import type { ListingFacts } from '../../libs/matching/src/listing';
import type { RuleInput, WatchInput } from '../../libs/matching/src/rule';
import { SeededRandom } from '../support/random';
import { RecordCatalogue, type Release } from '../support/titles';

/** Hundredths per unit, as a factor on a price in dollars. */
const CURRENCY_SCALE = { USD: 1, EUR: 0.92, GBP: 0.79, JPY: 150, CAD: 1.36, AUD: 1.52 } as const;
type Currency = keyof typeof CURRENCY_SCALE;

/** Units of each currency for one euro, for `fxTable`. */
export const RATES = { USD: 1.087, GBP: 0.858, JPY: 163, CAD: 1.48, AUD: 1.65 };

const RULE_CURRENCIES: Record<Currency, number> = { USD: 55, EUR: 25, GBP: 12, JPY: 4, CAD: 2, AUD: 2 };
const LISTING_CURRENCIES: Record<Currency, number> = { USD: 58, EUR: 26, GBP: 12, JPY: 4, CAD: 0, AUD: 0 };
const GRADES = { M: 5, 'Near Mint (NM or M-)': 35, 'VG+': 30, VG: 10, G: 4, Used: 16 };
const GENRES = ['jazz', 'rock', 'punk', 'soul', 'funk', 'soundtrack', 'electronic'];

/** What kinds of rules there are, in percent. */
export const RULE_MIX = {
  artistAndAlbum: 38,
  artistAndFormat: 17,
  artistOnly: 14,
  wordsOfBoth: 12,
  searchLine: 10,
  prefix: 4,
  genreAndFormat: 4,
  everythingCheap: 1,
} as const;

/** Rules, watches and listings that share one catalogue. */
export class Workload {
  private readonly catalogue: RecordCatalogue;

  constructor(readonly seed: number) {
    this.catalogue = new RecordCatalogue(60_000, new SeededRandom(seed));
  }

  /** Rule number `number`: always the same for the same seed. */
  rule(number: number): RuleInput {
    const random = new SeededRandom(this.seed * 31 + Math.imul(number, 0x9e3779b1));
    const release = this.catalogue.draw(random);
    const kind = random.weighted(RULE_MIX);
    const isBroad = kind === 'genreAndFormat' || kind === 'everythingCheap';
    const currency = random.weighted(RULE_CURRENCIES);
    const query: Record<string, unknown> = {
      ...textFilter(kind, release, random),
      sources: random.pick([['discogs', 'ebay'], ['discogs', 'ebay'], ['ebay'], ['discogs']]),
    };
    if (isBroad || random.chance(0.85)) {
      query.max_price = amount(isBroad ? random.logNormal(3, 0.5) : random.logNormal(24, 0.7), currency);
      query.currency = currency;
      if (random.chance(0.1)) query.min_price = amount(2, currency);
    }
    if (random.chance(0.15)) query.min_condition = random.pick(['VG', 'VG+', 'NM']);
    if (random.chance(0.06)) query.exclude_keywords = [random.pick(['cd', 'reissue', 'promo', 'cassette'])];
    return { id: random.uuid(), version: number, userCurrency: currency, query };
  }

  watch(number: number): WatchInput {
    const random = new SeededRandom(this.seed * 17 + Math.imul(number, 0x85ebca6b));
    const { releaseId, masterId, artist, album } = this.catalogue.draw(random);
    const currency = random.weighted(RULE_CURRENCIES);
    return {
      id: random.uuid(),
      version: number,
      matchMode: random.pick(['exact_release', 'master_release']),
      discogsReleaseId: releaseId,
      discogsMasterId: masterId,
      targetPrice: random.chance(0.7) ? amount(random.logNormal(20, 0.7), currency) : null,
      currency,
      minCondition: random.chance(0.3) ? 'VG+' : null,
      artist,
      title: album,
      year: 1960 + (releaseId % 60),
    };
  }

  listings(count: number, seed: number): ListingFacts[] {
    const random = new SeededRandom(seed);
    return Array.from({ length: count }, () => {
      const release = this.catalogue.draw(random);
      const currency = random.weighted(LISTING_CURRENCIES);
      const provider = random.weighted({ ebay: 60, discogs: 40 });
      const isMapped = provider === 'discogs';
      return {
        provider,
        title: this.catalogue.title(release, random),
        price: amount(random.logNormal(22, 0.8), currency).toFixed(2),
        currency,
        condition: random.weighted(GRADES),
        discogsReleaseId: isMapped ? release.releaseId : null,
        discogsMasterId: isMapped ? release.masterId : null,
        status: 'active',
      };
    });
  }
}

function amount(dollars: number, currency: Currency): number {
  return Math.round(dollars * CURRENCY_SCALE[currency] * 100) / 100;
}

function textFilter(
  kind: keyof typeof RULE_MIX,
  release: Release,
  random: SeededRandom,
): Record<string, unknown> {
  const { artist, album } = release;
  const words = `${artist} ${album}`.toLowerCase().split(' ');
  const longest = [...words].sort((a, b) => b.length - a.length)[0] ?? artist;
  switch (kind) {
    case 'artistAndAlbum':
      return { keywords: [artist.toLowerCase(), album.toLowerCase()] };
    case 'artistAndFormat':
      return { keywords: [artist.toLowerCase(), random.pick(['lp', 'vinyl', 'cd', '12', 'reissue'])] };
    case 'artistOnly':
      return { keywords: [artist.toLowerCase()] };
    case 'wordsOfBoth':
      return { keywords: [longest, random.pick(words), random.pick(words)] };
    case 'searchLine':
      return random.chance(0.5)
        ? { q: `"${artist}" ${random.pick(words)}` }
        : { q: words.slice(0, 3).join(' ') };
    case 'prefix':
      return { keywords: [`${longest.slice(0, Math.max(4, longest.length - 2))}*`, random.pick(words)] };
    case 'genreAndFormat':
      return { keywords: [random.pick(GENRES), 'lp'] };
    case 'everythingCheap':
      return {};
  }
}
