import fc from 'fast-check';
import { canonicalTerms, releaseTerms } from './canonical-terms';
import { toMatchable } from './listing';
import { matchRule } from './predicate';
import { compileRule } from './rule';

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

describe('releaseTerms', () => {
  it.each([
    ['Nirvana (2)', 'The Story Of Simon Simopath', 'nirvana of simon simopath story'],
    ['Bob Marley & The Wailers', 'Exodus (Deluxe Edition)', 'bob exodus marley the wailers'],
    ['Led Zeppelin', 'Led Zeppelin', 'led zeppelin'],
    ['The Beatles', "Sgt. Pepper's Lonely Hearts Club Band", 'band beatles club hearts lonely peppers'],
    [null, 'Nirvana - Nevermind', 'nevermind nirvana'],
  ])('asks for %s, %s as `%s`', (artist, title, terms) => {
    expect(releaseTerms({ artist, title })).toBe(terms);
  });

  it.each([
    ['Pink Floyd', 'Animals', ['pink floyd', 'animals']],
    ['AC/DC', 'Back In Black', ['AC/DC', 'back in black']],
    ['Sigur Rós', 'Ágætis Byrjun', ['sigur ros', 'Ágætis Byrjun']],
    ['Pink Floyd', 'The Wall', ['pink floyd', 'wall']],
  ])('asks for %s, %s what a rule for both asks', (artist, title, keywords) => {
    expect(releaseTerms({ artist, title })).toBe(canonicalTerms({ keywords }));
  });

  it('asks nothing for a release that no title can name', () => {
    expect(releaseTerms({ artist: null, title: 'Nevermind' })).toBeNull();
    expect(releaseTerms({ artist: 'Various', title: 'Hits' })).toBeNull();
  });
});
