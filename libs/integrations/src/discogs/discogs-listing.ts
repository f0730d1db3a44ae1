import type { CatalogueHit, ProviderListing } from '../listing-provider';
import { cleanText, cleanTitle, toBarcode, toCurrency, toMoney, toProviderUrl } from '../listing-text';
import {
  discogsHitSchema,
  type DiscogsHit,
  type DiscogsMaster,
  type DiscogsRelease,
  type DiscogsStats,
} from './discogs.schema';

const SITE = 'https://www.discogs.com';

/** What the marketplace says about a release right now. */
export interface DiscogsOffer {
  price: string;
  currency: string;
  numForSale: number;
  /** How long ago Discogs said so; absent for now. */
  ageMs?: number;
}

/** A catalogue entry whose texts are clean and whose link is Discogs' own. */
export interface DiscogsEntry extends DiscogsHit {
  artist: string | null;
  url: string;
}

/**
 * The cheapest copy for sale; null when there is none, or when Discogs blocks sales of the release. `unclear` where
 * copies are for sale at no price that can be one: that is neither a price nor the end of an offer.
 */
export function toOffer(stats: DiscogsStats): DiscogsOffer | null | 'unclear' {
  const price = toMoney(stats.lowest_price?.value);
  const currency = toCurrency(stats.lowest_price?.currency);
  const numForSale = stats.num_for_sale ?? 0;
  if (numForSale < 1 || stats.blocked_from_sale === true) return null;
  return price === null || currency === null ? 'unclear' : { price, currency, numForSale };
}

/** A search result; null for one that is malformed or hostile. */
export function toEntry(result: unknown): DiscogsEntry | null {
  const parsed = discogsHitSchema.safeParse(result);
  if (!parsed.success) return null;
  const title = cleanTitle(parsed.data.title, 500);
  // Search results carry a path such as `/Nirvana-Nevermind/release/2028757`.
  const url = siteUrl(parsed.data.uri);
  if (title === null || url === null) return null;
  return { ...parsed.data, title, url, artist: artistOf(title) };
}

/** A result of the catalogue without a known price. */
export function toHit(entry: DiscogsEntry): CatalogueHit {
  return {
    ...common(entry.id, entry.title, entry.url),
    price: null,
    currency: null,
    discogsReleaseId: entry.id,
    discogsMasterId: entry.master_id ?? null,
    raw: withoutBlanks({
      artist: entry.artist,
      year: entry.year,
      country: cleanText(entry.country, 60),
      format: cleanText(entry.format?.join(', '), 120),
      label: cleanText(entry.label?.[0], 120),
      catno: catalogueNumber(entry.catno),
    }),
  };
}

export function withOffer(hit: CatalogueHit, offer: DiscogsOffer): ProviderListing {
  const { price, currency, numForSale, ageMs } = offer;
  const age = ageMs === undefined ? {} : { ageMs };
  return { ...hit, price, currency, raw: { ...hit.raw, numForSale }, ...age };
}

export function releaseListing(release: DiscogsRelease, offer: DiscogsOffer): ProviderListing {
  const artist = joinArtists(release.artists);
  return {
    ...common(
      release.id,
      titleOf(artist, release.title),
      siteUrl(release.uri) ?? `${SITE}/release/${release.id}`,
    ),
    price: offer.price,
    currency: offer.currency,
    discogsReleaseId: release.id,
    discogsMasterId: release.master_id ?? null,
    raw: withoutBlanks({
      artist,
      year: release.year,
      country: cleanText(release.country, 60),
      format: cleanText(formatsOf(release), 120),
      label: cleanText(release.labels?.[0]?.name, 120),
      catno: catalogueNumber(release.labels?.[0]?.catno),
      ...codesOf(release),
      numForSale: offer.numForSale,
    }),
  };
}

const MOST_CODES = 8;

/** All catalogue numbers and barcodes of a release; what it has none of is left out. */
function codesOf({ labels = [], identifiers = [] }: DiscogsRelease): Record<string, string[] | null> {
  const catnos = labels.flatMap(({ catno }) => catalogueNumber(catno) ?? []);
  const barcodes = identifiers.flatMap(({ type, value }) =>
    type?.toLowerCase() === 'barcode' ? (toBarcode(value) ?? []) : [],
  );
  const some = (codes: string[]) => (codes.length === 0 ? null : [...new Set(codes)].slice(0, MOST_CODES));
  return { catnos: some(catnos), barcodes: some(barcodes) };
}

/** Discogs writes "none" for records without a number. */
const catalogueNumber = (catno: string | null | undefined): string | null =>
  catno?.toLowerCase() === 'none' ? null : cleanText(catno, 60);

/** As search results have it: `Vinyl, LP, Album`. */
const formatsOf = ({ formats }: DiscogsRelease): string | undefined =>
  formats?.flatMap(({ name, descriptions = [] }) => [name, ...descriptions]).join(', ');

/** The cheapest copy of any pressing of a master; null when nothing is for sale, `unclear` as for releases. */
export function masterListing(master: DiscogsMaster, currency: string): ProviderListing | null | 'unclear' {
  const price = toMoney(master.lowest_price);
  const numForSale = master.num_for_sale ?? 0;
  if (numForSale < 1) return null;
  if (price === null) return 'unclear';
  const artist = joinArtists(master.artists);
  const url = siteUrl(master.uri) ?? `${SITE}/master/${master.id}`;
  return {
    // Releases and masters count from one each, so the id alone would clash.
    ...common(`master-${master.id}`, titleOf(artist, master.title), url),
    price,
    currency,
    discogsReleaseId: null,
    discogsMasterId: master.id,
    raw: withoutBlanks({ artist, year: master.year, numForSale }),
  };
}

/** Discogs gives prices over all grades, sellers and countries, so those stay unknown. */
function common(id: number | string, title: string, url: string) {
  return {
    provider: 'discogs' as const,
    externalId: String(id),
    url,
    title,
    condition: null,
    seller: null,
    location: null,
    shippingPrice: null,
    listedAt: null,
    status: 'active' as const,
  };
}

function siteUrl(uri: string | null | undefined): string | null {
  return toProviderUrl(uri, (host) => host === 'www.discogs.com' || host === 'discogs.com', SITE);
}

/** `Artist - Title`, as search results are titled. */
function artistOf(title: string): string | null {
  const dash = title.indexOf(' - ');
  return dash > 0 ? withoutNumber(title.slice(0, dash)) : null;
}

function joinArtists(artists: { name: string; join?: string | undefined }[] | undefined): string | null {
  const parts = (artists ?? []).slice(0, 10).map(({ name, join }, index, all) => {
    const isLast = index === all.length - 1;
    const glue = join?.trim() === ',' || !join?.trim() ? ', ' : ` ${join.trim()} `;
    return withoutNumber(name) + (isLast ? '' : glue);
  });
  return cleanText(parts.join(''), 200);
}

/** "Nirvana (2)" is the second band of that name in the database; its records just say Nirvana. */
export function withoutNumber(name: string): string {
  return name.replace(/ \(\d+\)$/, '').replace(/\*$/, '');
}

function titleOf(artist: string | null, title: string): string {
  const clean = cleanText(title, 400) ?? 'Untitled';
  return cleanText(artist === null ? clean : `${artist} - ${clean}`, 500) ?? clean;
}

function withoutBlanks(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  );
}
