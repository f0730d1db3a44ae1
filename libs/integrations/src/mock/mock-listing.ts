import {
  MOCK_ALBUMS,
  MOCK_COUNTRIES,
  MOCK_GRADES,
  MOCK_PRESSINGS,
  MOCK_SELLERS,
  type MockAlbum,
  type MockPressing,
} from './mock-catalogue';
import { hash32, SeededRandom } from './seeded-random';

const FIRST_MASTER_ID = 10_001;
const FIRST_RELEASE_ID = 100_100;
const RELEASE_IDS_PER_ALBUM = 100;

/** Longest stay of a copy on the market, in slots; one copy is offered per slot. */
export const MAX_LIFE_SLOTS = 900;
const MIN_LIFE_SLOTS = 60;

/** A pressing that the mock marketplace knows, under its mock Discogs ids. */
export interface MockRelease {
  releaseId: number;
  masterId: number;
  artist: string;
  title: string;
  year: number;
  country: string;
  format: string;
  label: string;
  genre: string;
}

/** A price that holds from `slotOffset` slots after the copy was offered. */
export interface MockPriceStep {
  slotOffset: number;
  priceCents: number;
}

/** Everything about a copy that does not change while it is for sale. */
export interface MockCopy {
  id: string;
  title: string;
  release: MockRelease;
  pressing: string;
  grade: string;
  seller: string;
  country: string;
  currency: string;
  shippingCents: number;
  /** First step at offset 0, in ascending order. */
  prices: MockPriceStep[];
  lifeSlots: number;
}

/** All pressings of the mock catalogue, album by album. */
export function mockReleases(): MockRelease[] {
  return MOCK_ALBUMS.flatMap((album, albumIndex) =>
    MOCK_PRESSINGS.map((pressing, pressingIndex) => toRelease(album, albumIndex, pressing, pressingIndex)),
  );
}

function toRelease(album: MockAlbum, albumIndex: number, pressing: MockPressing, index: number): MockRelease {
  return {
    releaseId: FIRST_RELEASE_ID + albumIndex * RELEASE_IDS_PER_ALBUM + index,
    masterId: FIRST_MASTER_ID + albumIndex,
    artist: album.artist,
    title: album.title,
    year: Math.min(album.year + pressing.yearsLater, 2025),
    country: pressing.country,
    format: pressing.format,
    label: album.label,
    genre: album.genre,
  };
}

/** The copy that is offered in the given slot: always the same one for the same seed and slot. */
export function generateCopy(seed: string, slot: number): MockCopy {
  const random = new SeededRandom(`${seed}:${slot}`);
  const albumIndex = random.between(0, MOCK_ALBUMS.length - 1);
  const pressingIndex = random.between(0, MOCK_PRESSINGS.length - 1);
  const album = MOCK_ALBUMS[albumIndex];
  const pressing = MOCK_PRESSINGS[pressingIndex];
  if (!album || !pressing) throw new RangeError('mock catalogue is empty');
  const release = toRelease(album, albumIndex, pressing, pressingIndex);
  const grade = random.pickWeighted(MOCK_GRADES);
  const place = random.pick(MOCK_COUNTRIES);
  const lifeSlots = random.between(MIN_LIFE_SLOTS, MAX_LIFE_SLOTS);
  const factorPercent = (pressing.priceFactorPercent * grade.priceFactorPercent) / 100;
  return {
    id: `mock-${hash32(seed).toString(36)}-${slot.toString(36)}`,
    title: describe(release, pressing.name, grade.grade),
    release,
    pressing: pressing.name,
    grade: grade.grade,
    seller: random.pick(MOCK_SELLERS),
    country: place.country,
    currency: place.currency,
    shippingCents: place.shippingCents,
    prices: priceSteps(random, albumPriceCents(albumIndex), factorPercent, lifeSlots),
    lifeSlots,
  };
}

/** A title as sellers write it. */
export function describe(release: MockRelease, pressing: string, grade: string): string {
  const { artist, title, format, year, country, label } = release;
  return `${artist} - ${title} ${format} ${year} ${country} ${label} ${pressing} ${grade}`;
}

/** What a clean copy of an ordinary pressing of this album costs: 12 to 48 units of money. */
function albumPriceCents(albumIndex: number): number {
  return 1_200 + (hash32(`album:${albumIndex}`) % 3_600);
}

function priceSteps(
  random: SeededRandom,
  baseCents: number,
  factorPercent: number,
  lifeSlots: number,
): MockPriceStep[] {
  const asked = Math.round((baseCents * factorPercent * random.between(80, 135)) / 10_000);
  const steps: MockPriceStep[] = [{ slotOffset: 0, priceCents: likeAPrice(asked) }];
  const changes = random.between(0, 3);
  let offset = 0;
  let price = asked;
  for (let change = 0; change < changes; change++) {
    offset += random.between(10, 240);
    if (offset >= lifeSlots) break;
    // Sellers rarely raise a price; most changes are drops of 4 to 25 percent.
    const percent = random.next() < 0.15 ? random.between(103, 112) : random.between(75, 96);
    price = Math.max(Math.round((price * percent) / 100), 150);
    steps.push({ slotOffset: offset, priceCents: likeAPrice(price) });
  }
  return steps;
}

/** 2317 → 2299: prices end in .99, .50 or .00. */
function likeAPrice(cents: number): number {
  const whole = Math.max(Math.floor(cents / 100), 1) * 100;
  const rest = cents % 100;
  if (rest < 34) return whole - 1;
  return rest < 67 ? whole + 50 : whole + 100;
}
