import { toMatchable, type ListingFacts, type MatchableListing } from './listing';
import { fxTable, SAME_CURRENCY_ONLY } from './money';
import { matchRule, matchWatch, type MatchContext } from './predicate';
import { compileRule, compileWatch, type WatchInput } from './rule';

function listing(facts: Partial<ListingFacts> = {}): MatchableListing {
  return toMatchable({
    provider: 'discogs',
    title: 'Primus – Frizzle Fry (LP)',
    price: '20.00',
    currency: 'USD',
    condition: null,
    discogsReleaseId: null,
    discogsMasterId: null,
    status: 'active',
    ...facts,
  });
}

function match(
  query: unknown,
  facts: Partial<ListingFacts> = {},
  fx = SAME_CURRENCY_ONLY,
): MatchContext | null {
  return matchRule(compileRule({ id: 'rule', version: 1, userCurrency: null, query }), listing(facts), fx);
}

function keywordMatches(keyword: string, title: string): boolean {
  return match({ keywords: [keyword] }, { title }) !== null;
}

describe('matchRule on words', () => {
  it.each([
    ['AC/DC', 'ACDC - Back in Black'],
    ['AC/DC', 'AC DC - Back in Black'],
    ['ac/dc', 'AC/DC - Back in Black'],
    ['acdc', 'AC/DC - Back in Black'],
    ['ac dc', 'AC-DC - Back in Black'],
    ['acdc back in black', 'AC/DC Back in Black'],
    ['ac/dc back', 'ACDC Back in Black'],
    ['R.E.M.', 'REM – Green'],
    ['rem', 'R.E.M. – Green'],
    ['r.e.m', 'R E M – Green'],
    ['N.W.A', 'NWA - Straight Outta Compton'],
    ['nwa', 'N.W.A. - Straight Outta Compton'],
    ['Sigur Rós', 'SIGUR ROS - ()'],
    ['sigur ros', 'Sigur Rós – Takk…'],
    ['Björk', 'Bjork Debut'],
    ['bjork', 'BJÖRK Debut'],
    ['motorhead', 'Motörhead / Overkill'],
    ['Motörhead', 'MOTORHEAD OVERKILL'],
    ["don't", 'Dont Look Back'],
    ['dont', 'Don’t Look Back'],
    ["Rock'n'Roll", 'rocknroll party'],
    ['blink 182', 'blink-182 enema'],
    ['blink-182', 'Blink 182 enema'],
    ['hip-hop', 'HipHop classics'],
    ['lp', 'Radiohead – Kid A (2xLP)'],
    ['2lp', 'Radiohead – Kid A, 2 LP'],
    ['frizz*', 'Primus – Frizzle Fry'],
    ['frizzle fr*', 'Primus – Frizzle Fry'],
    ['кино', 'КИНО – Группа крови'],
    ['Simon & Garfunkel', 'Simon and Garfunkel - Bookends'],
    ['simon and garfunkel', 'SIMON & GARFUNKEL Bookends'],
    ["Guns N' Roses", 'Guns and Roses Appetite'],
    ['guns and roses', "Guns N' Roses Appetite"],
    ['Belle & Sebastian', 'Belle + Sebastian Tigermilk'],
    ['The Rolling Stones', 'Rolling Stones Aftermath'],
    ['The Cure', 'Cure, The - Faith LP'],
    ['SHVL 804', 'Pink Floyd Dark Side SHVL-804'],
    ['SHVL 804', 'Pink Floyd Dark Side SHVL804'],
    ['SHVL804', 'Pink Floyd Dark Side SHVL 804'],
    ['shvl-804', 'Pink Floyd Dark Side (SHVL 804)'],
    ['BLP 1577', 'Coltrane Blue Train BLP-1577'],
    ['6360012', 'Vertigo 6360 012 LP'],
    ['6360 012', 'Vertigo 6360012 LP'],
    ['5099902987613', 'Blur LP 5 099902 987613'],
    ['0 75992 73012 4', 'Fleetwood Mac 075992730124'],
    ['075992730124', 'Fleetwood Mac 0075992730124'],
    ['Vol. 4', 'Black Sabbath Volume 4'],
    ['Black Sabbath Volume IV', 'Black Sabbath Vol 4 LP'],
    ['Led Zeppelin III', 'Led Zeppelin 3 LP'],
    ['12 inch', 'New Order Blue Monday 12" single'],
    ['µ-Ziq', '\u03bc-Ziq Lunatic Harness'],
    ['mu-ziq', 'µ-Ziq Lunatic Harness'],
    ['muziq', 'Mu-Ziq Lunatic Harness'],
  ])('finds %j in %j', (keyword, title) => {
    expect(keywordMatches(keyword, title)).toBe(true);
  });

  it.each([
    ['art', 'Party'],
    ['art', 'Start'],
    ['lp', 'Alpha'],
    ['lp', 'Help'],
    ['frizzle primus', 'Primus – Frizzle Fry'],
    ['primus fry', 'Primus – Frizzle Fry'],
    ['rizzle*', 'Primus – Frizzle Fry'],
    ['primus fri', 'Primus – Frizzle Fry'],
    ['ac/dc', 'AC live in DC'],
    ['The Band', 'Steve Miller Band LP'],
    ['SHVL 804', 'Pink Floyd SHVL 8041'],
    ['SHVL 804', '804 SHVL'],
    ['simon and garfunkel', 'Garfunkel and Simon'],
    ['6360 012', 'Vertigo 6360 0123'],
    ['U2', 'Side U 2'],
    ['*', 'anything'],
    ['  ', 'anything'],
  ])('does not find %j in %j', (keyword, title) => {
    expect(keywordMatches(keyword, title)).toBe(false);
  });

  it('wants every keyword and all of q', () => {
    expect(match({ keywords: ['primus', 'lp'], q: 'fry "frizzle fry"' })).not.toBeNull();
    expect(match({ keywords: ['primus', 'cd'] })).toBeNull();
    expect(match({ keywords: ['primus'], q: 'fry cheese' })).toBeNull();
    expect(match({ q: '"fry frizzle"' })).toBeNull();
  });

  it('does not insist on an "and" in a search line', () => {
    expect(match({ q: 'simon and garfunkel' }, { title: 'Simon & Garfunkel LP' })).not.toBeNull();
    expect(
      match({ keywords: ['simon', 'and', 'garfunkel'] }, { title: 'Simon & Garfunkel LP' }),
    ).not.toBeNull();
    expect(match({ q: 'and' }, { title: 'Simon & Garfunkel LP' })).toBeNull();
  });

  it('leaves out titles that say an excluded word, phrase or prefix', () => {
    expect(match({ keywords: ['primus'], exclude_keywords: ['cd', 'fry frizzle'] })).not.toBeNull();
    expect(match({ keywords: ['primus'], exclude_keywords: ['LP'] })).toBeNull();
    expect(match({ exclude_keywords: ['frizzle fry'] })).toBeNull();
    expect(match({ exclude_keywords: ['friz*'] })).toBeNull();
  });

  it('matches everything of its sources with nothing else asked', () => {
    expect(match({})).not.toBeNull();
    expect(match({ sources: ['discogs'] })).not.toBeNull();
    expect(match({ sources: ['ebay'] })).toBeNull();
  });

  it('matches only listings that are for sale', () => {
    expect(match({}, { status: 'ended' })).toBeNull();
    expect(match({}, { status: 'unknown' })).toBeNull();
  });
});

describe('matchRule on prices', () => {
  it('includes the bounds exactly', () => {
    expect(match({ max_price: 19.99 }, { price: '19.99' })).not.toBeNull();
    expect(match({ max_price: 19.99 }, { price: 19.99 })).not.toBeNull();
    expect(match({ max_price: 19.99 }, { price: '20.00' })).toBeNull();
    expect(match({ min_price: 19.99 }, { price: '19.99' })).not.toBeNull();
    expect(match({ min_price: 19.99 }, { price: '19.98' })).toBeNull();
  });

  it('does not compare currencies without a rate', () => {
    expect(match({ max_price: 100 }, { currency: 'EUR' })).toBeNull();
    expect(match({ min_price: 1 }, { currency: 'EUR' })).toBeNull();
    expect(match({ max_price: 100, currency: 'EUR' }, { currency: 'EUR' })).not.toBeNull();
    expect(match({ keywords: ['primus'] }, { currency: 'EUR' })).not.toBeNull();
  });

  it('compares in the currency of the rule with one', () => {
    const fx = fxTable('EUR', { USD: 1.1 });
    expect(match({ max_price: 22 }, { price: '20.00', currency: 'EUR' }, fx)).not.toBeNull();
    expect(match({ max_price: 21.99 }, { price: '20.00', currency: 'EUR' }, fx)).toBeNull();
    expect(match({ max_price: 20, currency: 'JPY' }, { currency: 'EUR' }, fx)).toBeNull();
  });
});

describe('matchRule on condition', () => {
  it('wants at least the stated grade, and a grade at all', () => {
    expect(match({ min_condition: 'VG+' }, { condition: 'Near Mint (NM or M-)' })).not.toBeNull();
    expect(match({ min_condition: 'VG+' }, { condition: 'VG+' })).not.toBeNull();
    expect(match({ min_condition: 'VG+' }, { condition: 'VG' })).toBeNull();
    expect(match({ min_condition: 'VG+' }, { condition: 'Used' })).toBeNull();
    expect(match({ min_condition: 'VG+' })).toBeNull();
    expect(match({ min_condition: 'shiny' })).not.toBeNull();
  });
});

describe('the match context of a rule', () => {
  it('says what matched, in the words of the owner', () => {
    const query = {
      sources: ['ebay', 'discogs'],
      keywords: ['Frizzle Fry', ' ', 'LP'],
      q: 'primus',
      exclude_keywords: ['cd'],
      min_price: 5,
      max_price: 22.5,
      min_condition: 'VG',
    };
    const facts = { currency: 'EUR', condition: 'NM' };
    expect(match(query, facts, fxTable('EUR', { USD: 1.1 }))).toEqual({
      reason: 'rule_filters_passed',
      keywords: ['Frizzle Fry', 'LP'],
      q: 'primus',
      excluded_keywords: ['cd'],
      sources: ['discogs', 'ebay'],
      min_condition: 'VG',
      currency: 'USD',
      min_price: 5,
      price_limit: 22.5,
      compared_price: 22,
    });
  });

  it('says no more than the rule asked', () => {
    expect(match({})).toEqual({ reason: 'rule_filters_passed' });
  });
});

describe('matchWatch', () => {
  const exact: WatchInput = {
    id: 'watch',
    version: 1,
    matchMode: 'exact_release',
    discogsReleaseId: 11,
    discogsMasterId: 22,
    targetPrice: null,
    currency: 'USD',
    minCondition: null,
    title: 'Frizzle Fry',
    artist: 'Primus',
    year: 1990,
  };

  function watchMatches(watch: Partial<WatchInput>, facts: Partial<ListingFacts>): MatchContext | null {
    const ids = { discogsReleaseId: 11, discogsMasterId: 22 };
    return matchWatch(compileWatch({ ...exact, ...watch }), listing({ ...ids, ...facts }));
  }

  it('wants the same release, or any pressing of the same master', () => {
    expect(watchMatches({}, {})).toEqual({
      reason: 'watch_release',
      match_mode: 'exact_release',
      mapping: { evidence: 'provider', score: 1 },
      discogs_release_id: 11,
    });
    expect(watchMatches({}, { discogsReleaseId: 12 })).toBeNull();
    expect(watchMatches({}, { discogsReleaseId: null })).toBeNull();
    const master = { matchMode: 'master_release' as const };
    expect(watchMatches(master, { discogsReleaseId: 12 })).toEqual({
      reason: 'watch_release',
      match_mode: 'master_release',
      mapping: { evidence: 'provider', score: 1 },
      discogs_master_id: 22,
    });
    expect(watchMatches(master, { discogsMasterId: null })).toBeNull();
    expect(watchMatches({ ...master, discogsMasterId: null }, { discogsMasterId: null })).toBeNull();
  });

  it('honours target price, currency and condition', () => {
    expect(watchMatches({ targetPrice: '20.00' }, {})).toMatchObject({ price_limit: 20, compared_price: 20 });
    expect(watchMatches({ targetPrice: 19.99 }, {})).toBeNull();
    expect(watchMatches({ targetPrice: 50 }, { currency: 'EUR' })).toBeNull();
    expect(watchMatches({}, { currency: 'EUR' })).not.toBeNull();
    expect(watchMatches({ minCondition: 'VG' }, { condition: 'VG+' })).toMatchObject({ min_condition: 'VG' });
    expect(watchMatches({ minCondition: 'VG' }, {})).toBeNull();
    expect(watchMatches({}, { status: 'ended' })).toBeNull();
  });

  describe('without Discogs ids', () => {
    const unmapped = { discogsReleaseId: null, discogsMasterId: null, provider: 'ebay' };
    const master = { matchMode: 'master_release' as const };

    it('knows any pressing by artist and title, and says so', () => {
      expect(watchMatches(master, { ...unmapped, title: 'PRIMUS Frizzle Fry LP Caroline 1990 VG+' })).toEqual(
        {
          reason: 'watch_release',
          match_mode: 'master_release',
          discogs_master_id: 22,
          mapping: { evidence: 'artist_title', score: 0.95, artist: 'primus', title: 'frizzle fry' },
        },
      );
      expect(watchMatches(master, { ...unmapped, title: 'Frizzle Fry LP' })).toBeNull();
      expect(watchMatches(master, { ...unmapped, title: 'Primus - Pork Soda LP' })).toBeNull();
      expect(watchMatches(master, { ...unmapped, title: 'Primus Frizzle Fry CD' })).toBeNull();
    });

    it('takes a listing for the very pressing only when its year is stated and no reissue', () => {
      const title = 'Primus - Frizzle Fry LP';
      expect(watchMatches({}, { ...unmapped, title })).toBeNull();
      expect(watchMatches({}, { ...unmapped, title: `${title} 1990` })).toMatchObject({
        discogs_release_id: 11,
        mapping: { evidence: 'artist_title_year', year: 1990 },
      });
      expect(watchMatches({}, { ...unmapped, title: `${title} 1990 reissue 180g` })).toBeNull();
      expect(watchMatches({ year: null }, { ...unmapped, title: `${title} 1990` })).toBeNull();
    });

    it('is not asked when the marketplace names the release', () => {
      const title = 'Primus Frizzle Fry LP';
      expect(watchMatches(master, { title, discogsReleaseId: 12, discogsMasterId: 33 })).toBeNull();
    });
  });
});

describe('matchRule on prices in other currencies', () => {
  const fx = fxTable('EUR', { USD: 1.25, GBP: 0.8 }, '2026-03-13');

  it('compares in the currency of the rule and says by which rates', () => {
    const query = { max_price: 16, currency: 'EUR' };
    expect(match(query, { price: '20.00', currency: 'USD' }, fx)).toMatchObject({
      price_limit: 16,
      currency: 'EUR',
      compared_price: 16,
      rate_date: '2026-03-13',
    });
    expect(match(query, { price: '20.02', currency: 'USD' }, fx)).toBeNull();
  });

  it('names no rates where it converted nothing', () => {
    expect(match({ max_price: 20, currency: 'USD' }, {}, fx)).not.toHaveProperty('rate_date');
    expect(match({ keywords: ['primus'] }, {}, fx)).not.toHaveProperty('rate_date');
  });

  it('compares nothing without a rate', () => {
    expect(match({ max_price: 1000, currency: 'EUR' }, { currency: 'JPY' }, fx)).toBeNull();
  });

  it('holds a watch to its target price in its own currency', () => {
    const watch: WatchInput = {
      id: 'watch',
      version: 1,
      matchMode: 'exact_release',
      discogsReleaseId: 5,
      discogsMasterId: null,
      title: 'Frizzle Fry',
      artist: 'Primus',
      year: 1990,
      targetPrice: '16.00',
      currency: 'EUR',
      minCondition: null,
    };
    const offer = (price: string) => listing({ price, currency: 'USD', discogsReleaseId: 5 });
    expect(matchWatch(compileWatch(watch), offer('20.00'), fx)).toMatchObject({ rate_date: '2026-03-13' });
    expect(matchWatch(compileWatch(watch), offer('20.02'), fx)).toBeNull();
  });
});

describe('matchRule on prices with shipping', () => {
  const landed = { max_price: 25, currency: 'USD', price_includes_shipping: true };

  it('leaves shipping out unless the rule includes it', () => {
    expect(
      match({ max_price: 25, currency: 'USD' }, { price: '25.00', shippingPrice: '9.00' }),
    ).toMatchObject({
      compared_price: 25,
    });
    expect(match(landed, { price: '25.00', shippingPrice: '9.00' })).toBeNull();
  });

  it('compares what a copy costs in all', () => {
    expect(match(landed, { price: '20.00', shippingPrice: '5.00' })).toMatchObject({
      compared_price: 25,
      shipping: 'included',
    });
    expect(match(landed, { price: '20.00', shippingPrice: '5.01' })).toBeNull();
    expect(match(landed, { price: '25.00', shippingPrice: '0.00' })).toMatchObject({ shipping: 'included' });
  });

  it('says so where shipping is unknown, and compares the price alone', () => {
    expect(match(landed, { price: '25.00', shippingPrice: null })).toMatchObject({
      compared_price: 25,
      shipping: 'unknown',
    });
    expect(match(landed, { price: '25.01', shippingPrice: null })).toBeNull();
  });
});
