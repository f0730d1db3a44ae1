import type { Reply, SimulatedRequest } from '../http-simulator';
import { convert, type DiscogsData, type SimulatedRelease } from './discogs-data';
import { invalidParameter, message, NOT_FOUND, paginate } from './discogs-replies';

const TYPES = new Set(['release', 'master', 'artist', 'label']);
const RELEASE_MISSING = message(404, 'Release not found.');
const MASTER_MISSING = message(404, 'Master Release not found.');

/** Catalogue search, release and master details, and marketplace statistics. */
export class DiscogsCatalogue {
  constructor(
    private readonly data: DiscogsData,
    private readonly apiUrl: () => string,
  ) {}

  search(request: SimulatedRequest): Reply {
    const { query } = request;
    const type = query.get('type') ?? 'release';
    if (!TYPES.has(type))
      return invalidParameter('type', 'Invalid type: expected one of release, master, artist, label.');
    if (type === 'master') return paginate(request, this.apiUrl(), 'results', this.findMasters(query));
    if (type !== 'release') return paginate(request, this.apiUrl(), 'results', []);
    const found = [...this.data.releases.values()].filter((release) => fits(release, query));
    const rows = found.map((release) => this.toHit(release));
    return paginate(request, this.apiUrl(), 'results', rows);
  }

  release(id: number, currency: string): Reply {
    const release = this.data.releases.get(id);
    if (!release) return RELEASE_MISSING;
    const { title, year, country, catno, masterId } = release;
    return {
      status: 200,
      body: {
        id,
        title,
        status: 'Accepted',
        artists: [{ name: release.artist, anv: '', join: '', role: '', tracks: '', id: 7, resource_url: '' }],
        labels: release.labels.map((name, index) => ({ name, catno, id: index + 1 })),
        formats: [{ name: release.formats[0] ?? 'Vinyl', qty: '1', descriptions: release.formats.slice(1) }],
        genres: ['Rock'],
        styles: [],
        year: year ?? 0,
        country,
        identifiers: release.barcode === undefined ? [] : [{ type: 'Barcode', value: release.barcode }],
        ...(masterId === null
          ? {}
          : { master_id: masterId, master_url: `${this.apiUrl()}/masters/${masterId}` }),
        images: [],
        thumb: '',
        community: { have: 22, want: 11, rating: { average: 4.5, count: 10 } },
        num_for_sale: release.numForSale ?? 0,
        lowest_price: release.lowestPrice === null ? null : convert(release.lowestPrice, currency),
        uri: `https://www.discogs.com/release/${id}-${slug(release)}`,
        data_quality: 'Correct',
        ...release.overrides,
      },
    };
  }

  communityStats(id: number): Reply {
    return this.data.releases.has(id)
      ? { status: 200, body: { num_have: 22, num_want: 11 } }
      : RELEASE_MISSING;
  }

  /** The price signal: all three are null or false when nothing is for sale. */
  marketStats(id: number, currency: string): Reply {
    const release = this.data.releases.get(id);
    if (!release) return NOT_FOUND;
    const price =
      release.isBlocked || release.lowestPrice === null ? null : convert(release.lowestPrice, currency);
    return {
      status: 200,
      body: {
        lowest_price: price === null ? null : { currency, value: price },
        num_for_sale: price === null ? null : (release.numForSale ?? 1),
        blocked_from_sale: release.isBlocked,
      },
    };
  }

  master(id: number, currency: string): Reply {
    const versions = this.versionsOf(id);
    const [main] = versions;
    if (!main) return MASTER_MISSING;
    const prices = versions.flatMap(({ lowestPrice, isBlocked }) =>
      lowestPrice === null || isBlocked ? [] : [lowestPrice],
    );
    return {
      status: 200,
      body: {
        id,
        title: main.title,
        artists: [{ name: main.artist, anv: '', join: '', role: '', tracks: '', id: 7, resource_url: '' }],
        year: main.year ?? 0,
        main_release: main.id,
        main_release_url: `${this.apiUrl()}/releases/${main.id}`,
        versions_url: `${this.apiUrl()}/masters/${id}/versions`,
        genres: ['Rock'],
        styles: [],
        num_for_sale: versions.reduce((sum, { numForSale }) => sum + (numForSale ?? 0), 0),
        lowest_price: prices.length === 0 ? null : convert(Math.min(...prices), currency),
        images: [],
        uri: `https://www.discogs.com/master/${id}-${slug(main)}`,
      },
    };
  }

  versions(request: SimulatedRequest, id: number): Reply {
    const versions = this.versionsOf(id);
    if (versions.length === 0) return MASTER_MISSING;
    const rows = versions.map((release) => ({
      id: release.id,
      title: release.title,
      label: release.labels[0] ?? '',
      catno: release.catno,
      format: release.formats.slice(1).join(', '),
      major_formats: release.formats.slice(0, 1),
      country: release.country,
      released: String(release.year ?? ''),
      status: 'Accepted',
      thumb: '',
      resource_url: `${this.apiUrl()}/releases/${release.id}`,
      stats: { community: { in_collection: 1, in_wantlist: 2 } },
    }));
    return paginate(request, this.apiUrl(), 'versions', rows);
  }

  private versionsOf(masterId: number): SimulatedRelease[] {
    return [...this.data.releases.values()].filter((release) => release.masterId === masterId);
  }

  private findMasters(query: URLSearchParams): unknown[] {
    const mains = new Map<number, SimulatedRelease>();
    for (const release of this.data.releases.values()) {
      if (release.masterId !== null && !mains.has(release.masterId) && fits(release, query)) {
        mains.set(release.masterId, release);
      }
    }
    return [...mains].map(([masterId, release]) => ({
      ...this.toHit(release),
      id: masterId,
      type: 'master',
      uri: `/${slug(release)}/master/${masterId}`,
      resource_url: `${this.apiUrl()}/masters/${masterId}`,
    }));
  }

  /** `year` is a string and may be absent, `uri` is relative to the web site, a missing master is 0. */
  private toHit(release: SimulatedRelease): Record<string, unknown> {
    return {
      id: release.id,
      type: 'release',
      title: `${release.artist} - ${release.title}`,
      ...(release.year === null ? {} : { year: String(release.year) }),
      country: release.country,
      format: release.formats,
      label: release.labels,
      genre: ['Rock'],
      style: [],
      catno: release.catno,
      barcode: release.barcode === undefined ? [] : [release.barcode],
      thumb: '',
      cover_image: '',
      master_id: release.masterId ?? 0,
      master_url: release.masterId === null ? null : `${this.apiUrl()}/masters/${release.masterId}`,
      uri: `/${slug(release)}/release/${release.id}`,
      resource_url: `${this.apiUrl()}/releases/${release.id}`,
      community: { want: 11, have: 22 },
      user_data: { in_wantlist: false, in_collection: false },
      ...release.overrides,
    };
  }
}

function fits(release: SimulatedRelease, query: URLSearchParams): boolean {
  const { artist, title, labels, catno, country, year, barcode } = release;
  const wanted: [string, string][] = [
    ['q', [artist, title, ...labels, catno, country, String(year), barcode].join(' ')],
    ['artist', artist],
    ['title', `${artist} ${title}`],
    ['release_title', title],
    ['label', labels.join(' ')],
    ['catno', catno],
    ['country', country],
    ['year', String(year)],
    ['barcode', barcode ?? ''],
  ];
  return wanted.every(([name, text]) => {
    const have = new Set(wordsOf(text));
    return wordsOf(query.get(name) ?? '').every((word) => have.has(word));
  });
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

function slug({ artist, title }: SimulatedRelease): string {
  return `${artist} ${title}`.replace(/[^A-Za-z0-9]+/g, '-');
}
