import fc from 'fast-check';
import { MOCK_ALBUMS } from './mock-catalogue';
import { MockMarketplace, type MockOffer } from './mock-marketplace';

const START = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;

function market(seed = 'spec') {
  const time = { now: START };
  return { time, market: new MockMarketplace({ seed, publishIntervalMs: 30_000 }, () => time.now) };
}

function prices(offers: MockOffer[]): Map<string, number> {
  return new Map(offers.map((offer) => [offer.id, offer.priceCents]));
}

describe('MockMarketplace', () => {
  it('knows at least 150 albums, each once', () => {
    const names = new Set(MOCK_ALBUMS.map(({ artist, title }) => `${artist} - ${title}`));
    expect(names.size).toBe(MOCK_ALBUMS.length);
    expect(names.size).toBeGreaterThanOrEqual(150);
    expect(MOCK_ALBUMS.every(({ year, label }) => year > 1940 && label.length > 0)).toBe(true);
  });

  it('shows the same market to two processes with the same seed and clock, however they got there', () => {
    const patient = market();
    const late = market();
    for (let step = 0; step < 50; step++) {
      patient.time.now += 7 * MINUTE;
      patient.market.alive();
    }
    late.time.now = patient.time.now;
    expect(late.market.alive()).toEqual(patient.market.alive());
    expect(market('another').market.alive()[0]?.id).not.toBe(market().market.alive()[0]?.id);
  });

  it('keeps a few hundred copies for sale', () => {
    const count = market().market.alive().length;
    expect(count).toBeGreaterThan(300);
    expect(count).toBeLessThan(700);
  });

  it('offers new copies, lowers prices and ends copies as time passes', () => {
    const { market: mock, time } = market();
    const before = mock.alive();
    time.now += 60 * MINUTE;
    const after = mock.alive();
    const old = prices(before);
    const young = after.filter(({ id }) => !old.has(id)).length;
    expect(young).toBeGreaterThan(105); // of 120, less those that are gone again
    expect(young).toBeLessThanOrEqual(120);
    expect(after.some(({ id, priceCents }) => priceCents < (old.get(id) ?? 0))).toBe(true);
    expect(before.some(({ id }) => !prices(after).has(id))).toBe(true);
  });

  it('lists newest first and pages without gaps or repeats while new copies appear', () => {
    const { market: mock, time } = market();
    const expected = mock.search({ terms: 'miles davis' }, 1_000, null).offers.map(({ id }) => id);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = mock.search({ terms: 'miles davis' }, 2, cursor);
      seen.push(...page.offers.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor) mock.publish({ artist: 'Miles Davis', title: 'Kind Of Blue', price: '20.00' });
      time.now += 1;
    } while (cursor);
    expect(expected.length).toBeGreaterThan(4);
    expect(seen).toEqual(expected);
  });

  it('finds whole words, without regard to case and diacritics, and prefixes with an asterisk', () => {
    const { market: mock } = market();
    const copy = mock.publish({ artist: 'Sigur Rós', title: 'Ágætis Byrjun', price: '30.00' });
    const ids = (terms: string) => mock.search({ terms }, 50, null).offers.map(({ id }) => id);
    expect(ids('SIGUR ros')).toContain(copy.id);
    expect(ids('sig*')).toContain(copy.id);
    expect(ids('sig')).not.toContain(copy.id);
  });

  it('answers the cheapest copy of a release and of any pressing of a master', () => {
    const { market: mock } = market();
    mock.publish({ artist: 'A', title: 'B', price: '20.00', releaseId: 7, masterId: 3 });
    const cheap = mock.publish({ artist: 'A', title: 'B', price: '15.00', releaseId: 8, masterId: 3 });
    expect(mock.cheapest({ kind: 'release', id: 7 })?.priceCents).toBe(2_000);
    expect(mock.cheapest({ kind: 'master', id: 3 })?.id).toBe(cheap.id);
    mock.end(cheap.id);
    expect(mock.cheapest({ kind: 'master', id: 3 })?.priceCents).toBe(2_000);
    expect(mock.cheapest({ kind: 'master', id: 4 })).toBeNull();
    expect(mock.find(cheap.id)?.isEnded).toBe(true);
  });

  it('can be repriced by hand', () => {
    const { market: mock } = market();
    const [copy] = mock.alive();
    mock.changePrice(copy?.id ?? '', '1.25');
    expect(mock.find(copy?.id ?? '')?.priceCents).toBe(125);
  });

  it('runs faster on demand and keeps what it has said about older copies', () => {
    const { market: mock, time } = market();
    const before = mock.alive();
    mock.setPublishIntervalMs(1_000);
    expect(mock.alive()).toEqual(before);
    time.now += MINUTE;
    const after = mock.alive();
    expect(after.filter(({ listedAtMs }) => listedAtMs > START).length).toBeGreaterThanOrEqual(59);
    const known = new Map(before.map(({ id, listedAtMs }) => [id, listedAtMs]));
    for (const offer of after) expect(offer.listedAtMs).toBe(known.get(offer.id) ?? offer.listedAtMs);
  });

  it('jumps ahead, and never shows a copy from the future', () => {
    const { market: mock, time } = market();
    const before = new Set(mock.alive().map(({ id }) => id));
    mock.advance(30 * MINUTE);
    const after = mock.alive();
    expect(after.filter(({ id }) => !before.has(id))).toHaveLength(60);
    expect(after.every(({ listedAtMs }) => listedAtMs <= time.now)).toBe(true);
  });

  it('asks sane prices at any moment', () => {
    const instants = fc.integer({ min: START, max: START + 400 * 24 * 60 * MINUTE });
    fc.assert(
      fc.property(instants, (now) => {
        const offers = new MockMarketplace({ seed: 'p', publishIntervalMs: 60_000 }, () => now).alive();
        return offers.every(({ priceCents }) => priceCents >= 99 && priceCents < 100_000);
      }),
      { numRuns: 10 },
    );
  });
});
