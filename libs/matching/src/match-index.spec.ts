import fc from 'fast-check';
import { toMatchable, type MatchableListing } from './listing';
import { MatchIndex, type Candidate } from './match-index';
import { fxTable } from './money';
import { matchRule, matchWatch, watchMayMatch } from './predicate';
import { compileRule, compileWatch, type CompiledRule, type CompiledWatch, type NeverMatching } from './rule';

type Compiled = CompiledRule | CompiledWatch | NeverMatching;

// Few words, so that random rules and listings meet; the names hold every kind of punctuation.
const words = [
  'ac',
  'dc',
  'acdc',
  'AC/DC',
  'lp',
  '2LP',
  'alpha',
  'al',
  'R.E.M.',
  'rem',
  'r',
  'e',
  'm',
  'Björk',
  'x-y-z',
  'xy',
  'SHVL 804',
  'shvl804',
  '123',
  '456-789',
  'r and m',
  'R & M',
  'the al',
  'the al dc',
  'vol 4',
  'volume iv',
  '12 inch',
];
const word = fc.constantFrom(...words);
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(' '));
const keyword = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 2, arbitrary: text },
  { weight: 1, arbitrary: text.map((words) => `${words}*`) },
  { weight: 1, arbitrary: fc.constantFrom('a*', '*', ' ', '"', 'ac/d*') },
);
const currency = fc.constantFrom('USD', 'EUR', 'JPY');
const price = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(19.99, 20, 20.01, 1e12, 5e7));
const condition = fc.constantFrom('VG', 'NM', 'M', 'Poor', 'who knows');

const query = fc.record(
  {
    sources: fc.subarray(['discogs', 'ebay', 'mock', 'nowhere']),
    keywords: fc.array(keyword, { maxLength: 3 }),
    q: fc.oneof(
      text,
      fc.tuple(text, keyword).map(([phrase, more]) => `"${phrase}" ${more}`),
    ),
    exclude_keywords: fc.array(keyword, { maxLength: 2 }),
    min_price: price,
    max_price: price,
    price_includes_shipping: fc.boolean(),
    min_condition: condition,
    currency,
  },
  { requiredKeys: [] },
);

const id = fc.integer({ min: 0, max: 40 }).map(String);
const version = fc.integer({ min: 1, max: 2_000_000_000_000 });
const rule = fc
  .record({ id, version, userCurrency: fc.option(currency), query: fc.option(query) })
  .map((input): Compiled => compileRule(input));
const watch = fc
  .record({
    id,
    version,
    matchMode: fc.constantFrom('exact_release' as const, 'master_release' as const),
    discogsReleaseId: fc.integer({ min: 1, max: 3 }),
    discogsMasterId: fc.option(fc.integer({ min: 1, max: 3 })),
    targetPrice: fc.option(price),
    currency,
    minCondition: fc.option(condition),
    title: text,
    artist: fc.option(text),
    year: fc.option(fc.constantFrom(456, 1999)),
  })
  .map((input): Compiled => compileWatch(input));

const listing: fc.Arbitrary<MatchableListing> = fc
  .record({
    provider: fc.constantFrom('discogs', 'ebay', 'spotify'),
    title: fc.array(word, { maxLength: 7 }).map((parts) => parts.join(' ')),
    price: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom('19.99', '20.01', 5e7)),
    shippingPrice: fc.option(fc.constantFrom('0.00', '4.99', '5.00')),
    currency,
    condition: fc.option(condition),
    discogsReleaseId: fc.option(fc.integer({ min: 1, max: 3 })),
    discogsMasterId: fc.option(fc.integer({ min: 1, max: 3 })),
    status: fc.constantFrom('active', 'active', 'active', 'ended'),
  })
  .map(toMatchable);

// No rate for JPY.
const fx = fxTable('EUR', { USD: 1.1 });

/** The index beside the plain maps that say what it should hold. */
class Pair {
  readonly index = new MatchIndex();
  readonly rules = new Map<string, CompiledRule | NeverMatching>();
  readonly watches = new Map<string, CompiledWatch | NeverMatching>();

  upsert(target: Compiled, isWatch: boolean): void {
    if (target.kind === 'watch' || (target.kind === 'never' && isWatch)) {
      this.watches.set(target.id, target);
      this.index.upsertWatch(target);
    } else {
      this.rules.set(target.id, target);
      this.index.upsertRule(target);
    }
  }

  remove(id: string, isWatch: boolean): void {
    (isWatch ? this.watches : this.rules).delete(id);
    if (isWatch) this.index.removeWatch(id);
    else this.index.removeRule(id);
  }

  expectSame(listings: readonly MatchableListing[]): void {
    expect(sorted(this.index.match(listings, fx))).toEqual(sorted(this.naive(listings)));
    const held = [...this.rules.values(), ...this.watches.values()].filter(({ kind }) => kind !== 'never');
    expect(this.index.size).toBe(held.length);
  }

  naive(listings: readonly MatchableListing[]): Candidate[] {
    return listings.flatMap((item, listing) => [
      ...[...this.rules.values()]
        .filter((rule) => matchRule(rule, item, fx) !== null)
        .map(({ id, version }) => ({ kind: 'rule' as const, id, version, listing })),
      ...[...this.watches.values()]
        .filter((watch) => watchMayMatch(watch, item, fx))
        .map(({ id, version }) => ({ kind: 'watch' as const, id, version, listing })),
    ]);
  }
}

function sorted(candidates: readonly Candidate[]): string[] {
  return candidates.map(({ kind, id, version, listing }) => `${listing} ${kind} ${id} ${version}`).sort();
}

const step = fc.oneof(
  { weight: 6, arbitrary: rule.map((target) => (pair: Pair) => pair.upsert(target, false)) },
  { weight: 2, arbitrary: watch.map((target) => (pair: Pair) => pair.upsert(target, true)) },
  {
    weight: 2,
    arbitrary: fc.tuple(id, fc.boolean()).map(
      ([id, isWatch]) =>
        (pair: Pair) =>
          pair.remove(id, isWatch),
    ),
  },
  { weight: 1, arbitrary: fc.constant((pair: Pair) => pair.index.compact()) },
  {
    weight: 1,
    arbitrary: fc
      .array(listing, { maxLength: 3 })
      .map((listings) => (pair: Pair) => pair.expectSame(listings)),
  },
);

describe('watchMayMatch', () => {
  it('holds wherever the watch matches, so that the index proposes every match', () => {
    fc.assert(
      fc.property(watch, listing, (target, item) => {
        if (target.kind !== 'watch' || matchWatch(target, item, fx) === null) return;
        expect(watchMayMatch(target, item, fx)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('MatchIndex', () => {
  it('answers like a loop over all rules and watches, whatever is added, replaced and removed', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 120 }),
        fc.array(listing, { minLength: 1, maxLength: 12 }),
        (steps, listings) => {
          const pair = new Pair();
          for (const run of steps) run(pair);
          pair.expectSame(listings);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('answers so for terms with many rules, which are split by price, and after they have gone', () => {
    const many = fc.array(fc.record({ max_price: price, currency, keywords: fc.constant(['lp']) }), {
      minLength: 150,
      maxLength: 150,
    });
    fc.assert(
      fc.property(many, fc.array(listing, { minLength: 10, maxLength: 10 }), (queries, listings) => {
        const pair = new Pair();
        const rules = queries.map((query, i) => ({ id: `rule-${i}`, version: i, userCurrency: null, query }));
        for (const rule of rules) pair.upsert(compileRule(rule), false);
        pair.expectSame(listings);
        pair.index.compact();
        pair.expectSame(listings);
        for (const { id } of rules.slice(0, 120)) pair.remove(id, false);
        pair.expectSame(listings);
        for (const { id } of rules) pair.remove(id, false);
        for (const rule of rules.slice(0, 80))
          pair.upsert(compileRule({ ...rule, query: { q: 'alpha' } }), false);
        pair.expectSame(listings);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps every rule while it grows', () => {
    const index = new MatchIndex();
    const title = (i: number): string => `band${i} record${i % 100} lp`;
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      const query = { keywords: [title(i)], q: i % 2 === 0 ? 'lp' : `band${i}`, exclude_keywords: ['cd'] };
      index.upsertRule(compileRule({ id: `rule-${i}`, version: i, userCurrency: null, query }));
    }
    index.compact();
    const facts = { provider: 'ebay', price: 1, currency: 'USD', condition: null, status: 'active' };
    const ids = { discogsReleaseId: null, discogsMasterId: null };
    const listings = Array.from({ length: count }, (_, i) =>
      toMatchable({ ...facts, ...ids, title: title(i) }),
    );
    const found = index.match(listings, fx);
    expect(found.map(({ id, version, listing }) => [id, version, listing])).toEqual(
      listings.map((_, i) => [`rule-${i}`, i, i]),
    );
  });

  it('gives the same answer in slices', async () => {
    const index = new MatchIndex();
    for (let i = 0; i < 50; i++) {
      index.upsertRule(
        compileRule({ id: `${i}`, version: 1, userCurrency: null, query: { keywords: ['lp'] } }),
      );
    }
    const listings = fc.sample(listing, 40);
    expect(await index.matchInSlices(listings, fx, 0)).toEqual(index.match(listings, fx));
  });

  it('lets other work in while a batch is matched', async () => {
    const listings = fc.sample(listing, 40);
    let turns = 0;
    let isDone = false;
    setImmediate(function otherWork() {
      turns++;
      if (!isDone) setImmediate(otherWork);
    });
    await new MatchIndex().matchInSlices(listings, fx, 0);
    isDone = true;
    expect(turns).toBeGreaterThan(0);
  });

  it('files rules by what it has learnt of titles and still finds them', () => {
    const pair = new Pair();
    const item = fc.sample(
      listing.filter(({ isActive }) => isActive),
      1,
    );
    pair.index.learn(item.map(({ title }) => title));
    pair.upsert(
      compileRule({ id: '1', version: 1, userCurrency: null, query: { keywords: ['lp', 'alpha'] } }),
      false,
    );
    expect(pair.index.match(item, fx)).toEqual(pair.naive(item));
  });
});
