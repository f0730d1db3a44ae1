import { compileRule, matchRule, toMatchable } from '@waxwatch/matching';
import fc from 'fast-check';
import { canonicalTerms } from './canonical-terms';

describe('canonicalTerms', () => {
  it.each<[query: Record<string, unknown>, terms: string]>([
    [{ keywords: ['primus'] }, 'primus'],
    [{ keywords: ['Sigur Rós', 'Ágætis'] }, 'agaetis ros sigur'],
    [{ q: 'frizzle "frizzle fry"', keywords: ['primus'] }, 'frizzle fry primus'],
    [{ keywords: ['primus', 'PRIMUS', ' primus '] }, 'primus'],
    [{ keywords: ['primus', 'delu*'] }, 'primus'],
    [{ keywords: ['primus'], exclude_keywords: ['cd'] }, 'primus'],
    [{ keywords: ['AC/DC'] }, 'ac dc'],
    [{ keywords: ['The Rolling Stones'] }, 'rolling stones'],
    [{ keywords: ['Simon and Garfunkel'] }, 'garfunkel simon'],
    [{ keywords: ['Black Sabbath Vol. 4'] }, 'black sabbath'],
    [{ sources: ['mock'], max_price: 5 }, ''],
    [{ keywords: ['!!!'] }, ''],
    [{}, ''],
  ])('of %j are %j', (query, terms) => {
    expect(canonicalTerms(query)).toBe(terms);
  });

  it('are the same however the words are given', () => {
    const all = ['primus', 'frizzle', 'fry'];
    expect(canonicalTerms({ q: 'fry primus frizzle' })).toBe(canonicalTerms({ keywords: all }));
    expect(canonicalTerms({ q: 'fry', keywords: ['frizzle', 'primus'] })).toBe(
      canonicalTerms({ keywords: all }),
    );
  });

  it('stay within 100 characters by leaving whole words out', () => {
    const words = Array.from({ length: 20 }, (_, n) => `word${String(n).padStart(4, '0')}`);
    const terms = canonicalTerms({ keywords: words });

    expect(terms.length).toBeLessThanOrEqual(100);
    expect(terms.split(' ')).toEqual(words.slice(0, 11));
  });

  it('occur in every title that the rule matches, so that the poll cannot miss it', () => {
    const word = fc.constantFrom('primus', 'Frizzle', 'fry', 'Sigur Rós', 'live', 'deluxe*', 'lp');
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1 }), fc.array(word), (keywords, more) => {
        const title = [...more, ...keywords].join(' - ').replaceAll('*', 'r');
        const rule = compileRule({ id: '', version: 0, userCurrency: null, query: { keywords } });
        const listing = toMatchable({
          provider: 'mock',
          title,
          price: 1,
          currency: 'USD',
          condition: null,
          discogsReleaseId: null,
          discogsMasterId: null,
          status: 'active',
        });

        expect(matchRule(rule, listing)).not.toBeNull();
        const terms = canonicalTerms({ keywords }).split(' ');
        expect([...listing.title.words, '']).toEqual(expect.arrayContaining(terms));
      }),
    );
  });
});
