import { randomUUID } from 'node:crypto';
import type { ProviderListing } from '../../libs/integrations/src/listing-provider';
import type { Database } from '../../libs/platform/src/database';
import { SeededRandom } from '../support/random';
import { RecordCatalogue, type Release } from '../support/titles';

const USERS = 2000;
const CHUNK = 5000;

/**
 * Rules for one album each, drawn from a catalogue four times their number, with a price that few copies meet: a
 * listing is wanted by about one rule in five cases, as in the facts this benchmark is held against. The share that
 * was really met is part of the result.
 */
export class IngestWorld {
  private readonly releases: Release[];
  private readonly random: SeededRandom;
  private readonly catalogue: RecordCatalogue;
  private serial = 0;

  constructor(
    readonly ruleCount: number,
    seed: number,
  ) {
    this.random = new SeededRandom(seed);
    const size = ruleCount * 4;
    this.catalogue = new RecordCatalogue(size, this.random);
    this.releases = this.catalogue.all();
  }

  async insertRules(db: Database): Promise<void> {
    const users = Array.from({ length: USERS }, () => randomUUID());
    await db.rows(
      `INSERT INTO users (id, email, hashed_password) SELECT id, id || '@bench.example', '!' FROM unnest($1::uuid[]) u (id)`,
      [users],
    );
    for (let from = 0; from < this.ruleCount; from += CHUNK) {
      const queries = Array.from({ length: Math.min(CHUNK, this.ruleCount - from) }, () => this.query());
      await db.rows(
        `INSERT INTO watch_search_rules (id, user_id, name, query)
         SELECT gen_random_uuid(), ($1::uuid[])[1 + n % ${USERS}], 'rule ' || n, q
         FROM unnest($2::jsonb[]) WITH ORDINALITY AS r (q, n)`,
        [users, queries.map((query) => JSON.stringify(query))],
      );
    }
  }

  private query(): Record<string, unknown> {
    const { artist, album } = this.random.pick(this.releases);
    return {
      keywords: [artist.toLowerCase(), album.toLowerCase()],
      sources: ['ebay'],
      max_price: Math.round(this.random.logNormal(6, 0.6) * 100) / 100,
    };
  }

  /** Copies that nobody has seen yet. */
  newListings(count: number): ProviderListing[] {
    return Array.from({ length: count }, () => this.listing());
  }

  private listing(): ProviderListing {
    const release = this.random.pick(this.releases);
    this.serial += 1;
    return {
      provider: 'ebay',
      externalId: `v1|${this.serial}|0`,
      url: `https://www.ebay.com/itm/${this.serial}`,
      title: this.catalogue.title(release, this.random),
      price: this.random.logNormal(25, 0.7).toFixed(2),
      currency: 'USD',
      condition: 'Used',
      seller: `seller-${this.random.below(5000)}`,
      location: 'US',
      discogsReleaseId: null,
      discogsMasterId: null,
      shippingPrice: '5.00',
      listedAt: null,
      status: 'active',
      raw: { artist: release.artist },
    };
  }

  /**
   * What polls bring: of each batch 20 % new, 15 % with another price, the rest as it was. What is new here is
   * known from the next call on.
   */
  pollBatches(known: ProviderListing[], count: number, size: number): ProviderListing[][] {
    const knownBefore = known.length;
    return Array.from({ length: count }, () =>
      Array.from({ length: size }, (_, n) => {
        if (n < size * 0.2) {
          const listing = this.listing();
          known.push(listing);
          return listing;
        }
        const position = this.random.below(knownBefore);
        const old = known[position];
        if (!old) throw new RangeError('nothing is known yet');
        if (n >= size * 0.35) return old;
        const price = (Number(old.price) * (0.8 + this.random.next() * 0.4)).toFixed(2);
        return (known[position] = { ...old, price });
      }),
    );
  }
}
