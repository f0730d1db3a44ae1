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

interface PublishedCopy {
  copy: MockCopy;
  listedAtMs: number;
}

interface Override {
  priceCents?: number;
  isEnded?: boolean;
}

interface OrderedOffer extends MockOffer {
  serial: number;
}

// Copies published by hand sort after generated ones of the same instant.
const FIRST_PUBLISHED_SERIAL = 2 ** 50;

/**
 * A record market in memory. What is for sale is a pure function of seed and clock: one copy appears per slot, its
 * price changes and its end are drawn from the seed. On top of that, copies can be published, repriced and ended by
 * hand, for tests and the demo; those changes live in this process only.
 */
export class MockMarketplace {
  private readonly timeline: MarketTimeline;
  private readonly generated = new Map<number, MockCopy>();
  private readonly published = new Map<number, PublishedCopy>();
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
    return this.aliveInOrder().map(toOffer);
  }

  /** Copies whose artist and title hold all words of `terms`, newest first. */
  search(search: Pick<ListingSearch, 'terms'>, limit: number, cursor: string | null): MockOfferPage {
    const words = fold(search.terms, '*').split(' ').filter(Boolean);
    const found = this.aliveInOrder().filter((offer) => hasAllWords(offer, words));
    const rest = cursor === null ? found : found.filter((offer) => isAfter(offer, cursor));
    const offers = rest.slice(0, limit);
    const last = offers.at(-1);
    const nextCursor = last && rest.length > offers.length ? `${last.listedAtMs}:${last.serial}` : null;
    return { offers: offers.map(toOffer), total: found.length, nextCursor };
  }

  /** The cheapest copy for sale of a release, or of any pressing of a master; null when there is none. */
  cheapest(ref: ReleaseRef): MockOffer | null {
    const fits = (release: MockRelease) =>
      ref.kind === 'release' ? release.releaseId === ref.id : release.masterId === ref.id;
    return this.alive()
      .filter((offer) => fits(offer.release))
      .reduce<MockOffer | null>(
        (best, offer) => (best && best.priceCents <= offer.priceCents ? best : offer),
        null,
      );
  }

  /** A copy by id, for sale or ended; null when it is unknown or long gone. */
  find(id: string): MockOffer | null {
    const offer = this.everything().find((candidate) => candidate.id === id);
    return offer ? toOffer(offer) : null;
  }

  /** Offers a copy by hand, now. */
  publish(publication: MockPublication): MockOffer {
    const serial = FIRST_PUBLISHED_SERIAL + this.published.size;
    const copy = toCopy(publication, this.published.size + 1);
    this.published.set(serial, { copy, listedAtMs: this.now() });
    const offer = this.find(copy.id);
    if (!offer) throw new Error('a published copy is for sale');
    return offer;
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

  private aliveInOrder(): OrderedOffer[] {
    return this.everything()
      .filter((offer) => !offer.isEnded)
      .sort((a, b) => b.listedAtMs - a.listedAtMs || b.serial - a.serial);
  }

  private everything(): OrderedOffer[] {
    const position = this.timeline.positionAt(this.now());
    const newest = Math.floor(position);
    this.forgetBefore(newest - MAX_LIFE_SLOTS);
    const offers: OrderedOffer[] = [];
    for (let slot = Math.max(newest - MAX_LIFE_SLOTS, 0); slot <= newest; slot++) {
      offers.push(this.stateOf(this.copyOf(slot), this.timeline.instantOf(slot), slot, position - slot));
    }
    for (const [serial, { copy, listedAtMs }] of this.published) {
      offers.push(this.stateOf(copy, listedAtMs, serial, 0));
    }
    return offers;
  }

  private stateOf(copy: MockCopy, listedAtMs: number, serial: number, age: number): OrderedOffer {
    const override = this.overrides.get(copy.id);
    const step = copy.prices.findLast((price) => price.slotOffset <= age);
    return {
      ...copy,
      listedAtMs,
      serial,
      priceCents: override?.priceCents ?? step?.priceCents ?? 0,
      isEnded: override?.isEnded ?? age >= copy.lifeSlots,
    };
  }

  private copyOf(slot: number): MockCopy {
    const known = this.generated.get(slot);
    if (known) return known;
    const copy = generateCopy(this.options.seed, slot);
    this.generated.set(slot, copy);
    return copy;
  }

  private forgetBefore(slot: number): void {
    for (const known of this.generated.keys()) {
      if (known < slot) this.generated.delete(known);
    }
  }
}

function toOffer(offer: OrderedOffer): MockOffer {
  const { id, title, release, pressing, grade, seller, country, currency } = offer;
  const { shippingCents, priceCents, listedAtMs, isEnded } = offer;
  const copy = { id, title, release, pressing, grade, seller, country, currency };
  return { ...copy, shippingCents, priceCents, listedAtMs, isEnded };
}

function toCopy(publication: MockPublication, number: number): MockCopy {
  const { artist, title } = publication;
  const known = mockReleases().find((release) => release.artist === artist && release.title === title);
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

function isAfter(offer: OrderedOffer, cursor: string): boolean {
  const [listedAtMs = 0, serial = 0] = cursor.split(':').map(Number);
  return offer.listedAtMs < listedAtMs || (offer.listedAtMs === listedAtMs && offer.serial < serial);
}

function hasAllWords(offer: MockOffer, words: string[]): boolean {
  const have = new Set(fold(offer.title).split(' '));
  return words.every((word) =>
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
