import { compileRule, compileWatch, type CompiledRule, type WatchInput } from './rule';

function compile(query: unknown, userCurrency: string | null = null): CompiledRule {
  const rule = compileRule({ id: 'rule', version: 1, userCurrency, query });
  if (rule.kind === 'never') throw new Error('the rule never matches');
  return rule;
}

function isNever(query: unknown): boolean {
  return compileRule({ id: 'rule', version: 1, userCurrency: null, query }).kind === 'never';
}

describe('compileRule', () => {
  it('reads keywords as words, phrases and prefixes in all their spellings', () => {
    const { required } = compile({ keywords: ['Vinyl', 'pink  floyd', 'metal*', 'AC/DC'] });
    expect(required).toEqual([
      { text: 'Vinyl', spellings: [['vinyl']], isPrefix: false },
      { text: 'pink  floyd', spellings: [['pink', 'floyd']], isPrefix: false },
      { text: 'metal*', spellings: [['metal']], isPrefix: true },
      { text: 'AC/DC', spellings: [['ac', 'dc'], ['acdc']], isPrefix: false },
    ]);
  });

  it('reads q as words of which all are wanted, and quoted phrases', () => {
    const { required } = compile({ q: 'primus "frizzle fry" lp primus cheese*' });
    expect(required.map((term) => term.spellings[0])).toEqual([
      ['primus'],
      ['frizzle', 'fry'],
      ['lp'],
      ['cheese'],
    ]);
    expect(required.map((term) => term.isPrefix)).toEqual([false, false, false, true]);
  });

  it('asks for each term once, whether keywords or q name it', () => {
    expect(compile({ keywords: ['lp', 'LP', 'Lp.'], q: 'lp' }).required).toHaveLength(1);
  });

  it('takes a stray quote for a gap', () => {
    expect(compile({ q: 'say "hello' }).required.map((term) => term.text)).toEqual(['say', 'hello']);
  });

  it.each([
    { keywords: [' ', '\t'] },
    { keywords: ['*'] },
    { keywords: ['!!!', '-'] },
    { q: '   ' },
    { q: '"" *' },
    { keywords: [''], q: 'primus' },
  ])('never matches when a text filter holds no word: %j', (query) => {
    expect(isNever(query)).toBe(true);
  });

  it('skips blank keywords beside good ones', () => {
    expect(compile({ keywords: ['simon', '&', ' ', 'garfunkel'] }).required).toHaveLength(2);
  });

  it('has no text filter where none is stored', () => {
    for (const query of [
      {},
      null,
      undefined,
      [],
      'primus',
      7,
      { keywords: [] },
      { keywords: null, q: null },
    ]) {
      expect(compile(query).required).toEqual([]);
    }
  });

  it('reads what older rows hold', () => {
    expect(compile({ keywords: 'primus' }).stated.keywords).toEqual(['primus']);
    expect(compile({ keywords: [1984, null, {}, 'orwell'] }).stated.keywords).toEqual(['1984', 'orwell']);
    expect(compile({ max_price: '25.00' })).toMatchObject({ maxPrice: 2500, currency: 'USD' });
  });

  it('reads price bounds as exact hundredths', () => {
    expect(compile({ min_price: 5, max_price: 19.99 })).toMatchObject({ minPrice: 500, maxPrice: 1999 });
    expect(compile({ min_price: 4.995, max_price: 19.999 })).toMatchObject({ minPrice: 500, maxPrice: 1999 });
    expect(compile({ max_price: 1e300 })).toMatchObject({ maxPrice: Infinity, currency: null });
    expect(compile({ max_price: true, min_price: 'cheap' })).toMatchObject({
      minPrice: 0,
      maxPrice: Infinity,
    });
  });

  it('never matches when no price is within the bounds', () => {
    expect(isNever({ max_price: -1 })).toBe(true);
    expect(isNever({ min_price: 20, max_price: 10 })).toBe(true);
  });

  it('takes the currency of the bounds from the rule, else the owner, else US dollars', () => {
    expect(compile({ max_price: 1, currency: ' eur ' }, 'GBP').currency).toBe('EUR');
    expect(compile({ max_price: 1 }, 'gbp').currency).toBe('GBP');
    expect(compile({ max_price: 1, currency: '' }, '').currency).toBe('USD');
    expect(compile({ max_price: 1, currency: 5 }).currency).toBe('USD');
    expect(compile({ currency: 'EUR' }).currency).toBeNull();
  });

  it('never matches with a bound in no currency', () => {
    expect(isNever({ max_price: 1, currency: '  ' })).toBe(true);
    expect(isNever({ max_price: 1, currency: 'dollars' })).toBe(true);
    expect(isNever({ currency: 'dollars' })).toBe(false);
  });

  it('accepts the providers of a non-empty list, else all', () => {
    const all = compile({}).providers;
    expect(compile({ sources: [] }).providers).toBe(all);
    expect(compile({ sources: 'ebay' }).providers).toBe(all);
    expect(compile({ sources: [' eBay ', 'DISCOGS', 'nowhere', 3] }).providers).toBe(
      compile({ sources: ['discogs', 'ebay'] }).providers,
    );
    expect(isNever({ sources: ['nowhere'] })).toBe(true);
    expect(isNever({ sources: [3] })).toBe(true);
  });

  it('turns the condition filter off when it names no grade', () => {
    expect(compile({ min_condition: 'VG+' }).minConditionRank).toBe(6);
    expect(compile({ min_condition: 'pretty good' }).minConditionRank).toBe(0);
    expect(compile({ min_condition: 5 }).minConditionRank).toBe(0);
  });

  it('bounds what a hostile query can ask for', () => {
    const keywords = Array.from({ length: 10_000 }, (_, i) => `word${i}`);
    expect(compile({ keywords }).required.length).toBeLessThanOrEqual(64);
    expect(compile({ q: keywords.join(' ') }).required.length).toBeLessThanOrEqual(64);
  });
});

describe('compileWatch', () => {
  const watch: WatchInput = {
    id: 'watch',
    version: 3,
    matchMode: 'exact_release',
    discogsReleaseId: 11,
    discogsMasterId: 22,
    targetPrice: '19.99',
    currency: 'eur',
    minCondition: 'NM',
    title: 'Frizzle Fry',
    artist: 'Primus',
    year: null,
  };

  it('looks for the release or the master, as its mode says', () => {
    expect(compileWatch(watch)).toMatchObject({
      discogsId: 11,
      maxPrice: 1999,
      currency: 'EUR',
      minConditionRank: 7,
    });
    expect(compileWatch({ ...watch, matchMode: 'master_release' })).toMatchObject({ discogsId: 22 });
  });

  it('accepts any price without a target', () => {
    expect(compileWatch({ ...watch, targetPrice: null })).toMatchObject({
      maxPrice: Infinity,
      currency: null,
    });
  });

  it('never matches without the id that its mode needs, or with a target in no currency', () => {
    expect(compileWatch({ ...watch, matchMode: 'master_release', discogsMasterId: null }).kind).toBe('never');
    expect(compileWatch({ ...watch, currency: '€' }).kind).toBe('never');
    expect(compileWatch({ ...watch, targetPrice: -1 }).kind).toBe('never');
  });
});
