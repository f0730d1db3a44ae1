import type { ListingSearch, ReleaseRef } from '../listing-provider';
import { toCents } from '../listing-text';
import { MarketTimeline } from './market-timeline';
import { generateCopy, MAX_LIFE_SLOTS, mockReleases, type MockCopy, type MockRelease } from './mock-listing';

/** A copy on the mock marketplace as it stands now. */
export interface MockOffer {
  id: string;
  title: string;
  release: MockRelease;
  pressing: string;
  grade: string;
  seller: string;
  country: string;
  currency: string;
  shippingCents: number;
  priceCents: number;
  listedAtMs: number;
  isEnded: boolean;
}

/** What `publish` may say about a copy; the rest is filled in. */
export interface MockPublication {
  artist: string;
  title: string;
  /** Decimal string with two digits. */
  price: string;
  currency?: string;
  grade?: string;
  seller?: string;
  country?: string;
  releaseId?: number;
  masterId?: number;
}

export interface MockMarketplaceOptions {
  seed: string;
  /** Mean time between two new copies; the lives of copies scale with it. At 30 s about 480 copies are for sale. */
  publishIntervalMs: number;
}

export interface MockOfferPage {
  offers: MockOffer[];
  total: number;
  nextCursor: string | null;
}

interface Override {
  priceCents?: number;
  isEnded?: boolean;
}

/** A copy with what stays the same about its place on the market. */
interface Shelved {
  copy: MockCopy;
  /** Words of the title, folded. */
  words: ReadonlySet<string>;
  listedAtMs: number;
  /** Orders copies of the same instant. */
  serial: number;
}

// Copies published by hand sort after generated ones of the same instant.
const FIRST_PUBLISHED_SERIAL = 2 ** 50;

/** The first pressing of each album, by "Artist - Title". */
const KNOWN_RELEASES = new Map(
  mockReleases()
    .toReversed()
    .map((release) => [`${release.artist} - ${release.title}`, release]),
);

/**
 * A record market in memory. What is for sale is a pure function of seed and clock: one copy appears per slot, its
 * price changes and its end are drawn from the seed. On top of that, copies can be published, repriced and ended by
 * hand, for tests and the demo; those changes live in this process only.
 */
export class MockMarketplace {
  private readonly timeline: MarketTimeline;
  private readonly generated = new Map<number, Shelved>();
  private readonly published: Shelved[] = [];
  private readonly overrides = new Map<string, Override>();

  /** @param now the current instant in milliseconds since the epoch */
  constructor(
    private readonly options: MockMarketplaceOptions,
    private readonly now: () => number,
  ) {
    this.timeline = new MarketTimeline(options.publishIntervalMs);
  }

  /** Copies for sale now, newest first. */
  alive(): MockOffer[] {
    return this.offers(this.select(() => true));
  }

  /** Copies whose artist and title hold all words of `terms`, newest first. */
  search(search: Pick<ListingSearch, 'terms'>, limit: number, cursor: string | null): MockOfferPage {
    const wanted = fold(search.terms, '*').split(' ').filter(Boolean);
    const found = this.select(({ words }) => hasAllWords(words, wanted));
    const rest = cursor === null ? found : found.filter((shelved) => isAfter(shelved, cursor));
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    const nextCursor = last && rest.length > page.length ? `${last.listedAtMs}:${last.serial}` : null;
    return { offers: this.offers(page), total: found.length, nextCursor };
  }

  /** The cheapest copy for sale of a release, or of any pressing of a master; null when there is none. */
  cheapest(ref: ReleaseRef): MockOffer | null {
    const fits = ({ copy: { release } }: Shelved) =>
      ref.kind === 'release' ? release.releaseId === ref.id : release.masterId === ref.id;
    return this.offers(this.select(fits)).reduce<MockOffer | null>(
      (best, offer) => (best && best.priceCents <= offer.priceCents ? best : offer),
      null,
    );
  }

  /** A copy by id, for sale or ended; null when it is unknown or long gone. */
  find(id: string): MockOffer | null {
    const shelved = this.shelves().find(({ copy }) => copy.id === id);
    return shelved ? this.offerOf(shelved) : null;
  }

  /** Offers a copy by hand, now. */
  publish(publication: MockPublication): MockOffer {
    const copy = toCopy(publication, this.published.length + 1);
    const shelved = shelve(copy, this.now(), FIRST_PUBLISHED_SERIAL + this.published.length);
    this.published.push(shelved);
    return this.offerOf(shelved);
  }

  /** Sets the price of a copy; `price` is a decimal string with two digits in the copy's currency. */
  changePrice(id: string, price: string): void {
    this.overrides.set(id, { ...this.overrides.get(id), priceCents: Number(toCents(price)) });
  }

  /** Takes a copy off the market. */
  end(id: string): void {
    this.overrides.set(id, { ...this.overrides.get(id), isEnded: true });
  }

  /** Lets market time pass at once: copies appear, change their price and end. */
  advance(ms: number): void {
    this.timeline.jump(this.now(), ms);
  }

  /** From now on a copy appears every `ms`; prices and ends move at the same pace. */
  setPublishIntervalMs(ms: number): void {
    this.timeline.changeSpeed(this.now(), ms);
  }

  get publishIntervalMs(): number {
    return this.timeline.slotMs;
  }

  /** The pressings that are traded here, for seeding watches and catalogue search. */
  releases(): MockRelease[] {
    return mockReleases();
  }

  /** Copies for sale that pass the filter, newest first. */
  private select(filter: (shelved: Shelved) => boolean): Shelved[] {
    return this.shelves()
      .filter((shelved) => filter(shelved) && !this.isEnded(shelved))
      .sort((a, b) => b.listedAtMs - a.listedAtMs || b.serial - a.serial);
  }

  /** All copies that may be for sale, and some that have ended. */
  private shelves(): Shelved[] {
    const newest = Math.floor(this.position());
    const oldest = Math.max(newest - MAX_LIFE_SLOTS, 0);
    for (let slot = oldest; slot <= newest; slot++) {
      if (this.generated.has(slot)) continue;
      this.generated.set(
        slot,
        shelve(generateCopy(this.options.seed, slot), this.timeline.instantOf(slot), slot),
      );
    }
    if (this.generated.size > newest - oldest + 1) this.forgetOutside(oldest, newest);
    return [...this.generated.values(), ...this.published];
  }

  private offers(shelved: Shelved[]): MockOffer[] {
    return shelved.map((candidate) => this.offerOf(candidate));
  }

  private offerOf(shelved: Shelved): MockOffer {
    const { id, title, release, pressing, grade, seller, country, currency, shippingCents } = shelved.copy;
    return {
      id,
      title,
      release,
      pressing,
      grade,
      seller,
      country,
      currency,
      shippingCents,
      priceCents: this.priceOf(shelved),
      listedAtMs: shelved.listedAtMs,
      isEnded: this.isEnded(shelved),
    };
  }

  private priceOf(shelved: Shelved): number {
    const age = this.ageOf(shelved);
    const step = shelved.copy.prices.findLast(({ slotOffset }) => slotOffset <= age);
    return this.overrides.get(shelved.copy.id)?.priceCents ?? step?.priceCents ?? 0;
  }

  private isEnded(shelved: Shelved): boolean {
    return this.overrides.get(shelved.copy.id)?.isEnded ?? this.ageOf(shelved) >= shelved.copy.lifeSlots;
  }

  /** In slots; copies published by hand do not age. */
  private ageOf({ serial }: Shelved): number {
    return serial >= FIRST_PUBLISHED_SERIAL ? 0 : this.position() - serial;
  }

  private position(): number {
    return this.timeline.positionAt(this.now());
  }

  private forgetOutside(oldest: number, newest: number): void {
    for (const slot of this.generated.keys()) {
      if (slot < oldest || slot > newest) this.generated.delete(slot);
    }
  }
}

function shelve(copy: MockCopy, listedAtMs: number, serial: number): Shelved {
  return { copy, words: new Set(fold(copy.title).split(' ')), listedAtMs, serial };
}

function toCopy(publication: MockPublication, number: number): MockCopy {
  const { artist, title } = publication;
  const known = KNOWN_RELEASES.get(`${artist} - ${title}`);
  const release: MockRelease = {
    ...(known ?? { year: 2020, country: 'US', format: 'LP', label: 'Mock Records', genre: 'Rock' }),
    artist,
    title,
    releaseId: publication.releaseId ?? known?.releaseId ?? 0,
    masterId: publication.masterId ?? known?.masterId ?? 0,
  };
  const grade = publication.grade ?? 'VG+';
  return {
    id: `mock-published-${number}`,
    title: `${artist} - ${title} ${release.format} ${grade}`,
    release,
    pressing: 'Published',
    grade,
    seller: publication.seller ?? 'mock_seller',
    country: publication.country ?? 'US',
    currency: publication.currency ?? 'USD',
    shippingCents: 500,
    prices: [{ slotOffset: 0, priceCents: Number(toCents(publication.price)) }],
    lifeSlots: Number.POSITIVE_INFINITY,
  };
}

function isAfter(shelved: Shelved, cursor: string): boolean {
  const [listedAtMs = 0, serial = 0] = cursor.split(':').map(Number);
  return shelved.listedAtMs < listedAtMs || (shelved.listedAtMs === listedAtMs && shelved.serial < serial);
}

function hasAllWords(have: ReadonlySet<string>, wanted: readonly string[]): boolean {
  return wanted.every((word) =>
    word.endsWith('*')
      ? [...have].some((candidate) => candidate.startsWith(word.slice(0, -1)))
      : have.has(word),
  );
}

/** Lower case without diacritics; whatever is neither letter, digit nor `kept` becomes a space. */
function fold(text: string, kept = ''): string {
  const isKept = (character: string) => kept !== '' && character === kept;
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}]/gu, (character) => (isKept(character) ? character : ' '))
    .replace(/ +/g, ' ')
    .trim();
}
