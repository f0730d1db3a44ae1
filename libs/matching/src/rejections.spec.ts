import { toMatchable } from './listing';
import { matchRule } from './predicate';
import { rejectionsOf } from './rejections';
import { compileRule } from './rule';

const facts = {
  provider: 'ebay',
  title: 'Can - Tago Mago 2LP',
  price: '30.00',
  currency: 'USD',
  condition: 'VG',
  discogsReleaseId: null,
  discogsMasterId: null,
  status: 'active',
};

function reasons(query: object, over: Partial<typeof facts> | { condition: null } = {}): string[] {
  const rule = compileRule({ id: 'rule', version: 1, userCurrency: null, query });
  const listing = toMatchable({ ...facts, ...over });
  if (rule.kind === 'never') throw new Error('the rule never matches');
  const rejections = rejectionsOf(rule, listing);
  expect(matchRule(rule, listing) === null).toBe(rejections.length > 0);
  return rejections.map(({ code, detail }) => (detail === null ? code : `${code} ${detail}`));
}

describe('rejectionsOf', () => {
  it.each<[query: object, over: Partial<typeof facts> | { condition: null }, reasons: string[]]>([
    [{ keywords: ['can'], max_price: 30, min_condition: 'VG' }, {}, []],
    [{ keywords: ['can', 'mono'], q: 'obi' }, {}, ['word_missing mono', 'word_missing obi']],
    [{ exclude_keywords: ['2lp'] }, {}, ['word_excluded 2lp']],
    [{ sources: ['discogs'] }, {}, ['provider_not_wanted ebay']],
    [{ min_condition: 'VG+' }, {}, ['grade_too_low VG']],
    [{ min_condition: 'VG+' }, { condition: null }, ['grade_unknown']],
    [{ max_price: 20 }, {}, ['price_too_high 30.00 USD']],
    [{ min_price: 40 }, {}, ['price_too_low 30.00 USD']],
    [{ max_price: 20 }, { currency: 'EUR' }, ['currency_not_comparable EUR']],
    [{ keywords: ['faust'] }, { status: 'ended' }, ['not_for_sale', 'word_missing faust']],
  ])('says of %j and %j: %j', (query, over, expected) => {
    expect(reasons(query, over)).toEqual(expected);
  });
});
