import type { ProviderName } from '@waxwatch/integrations';
import { AppError } from '@waxwatch/platform/errors';
import fc from 'fast-check';
import {
  InvalidRuleQuery,
  mergeQuery,
  readNewQuery,
  readQueryPatch,
  type RuleQuery,
  withEnabledSources,
} from './rule-query';

const ENABLED: ProviderName[] = ['discogs', 'mock'];

/** Arbitrary JSON under the keys that mean something, and some that do not. */
const anyQuery: fc.Arbitrary<RuleQuery> = fc
  .record(
    {
      sources: fc.oneof(fc.jsonValue(), fc.array(fc.constantFrom('discogs', ' Mock', 'ebay', ''))),
      keywords: fc.oneof(fc.jsonValue(), fc.array(fc.string())),
      q: fc.oneof(fc.jsonValue(), fc.string()),
      max_price: fc.oneof(fc.jsonValue(), fc.double()),
      color: fc.jsonValue(),
    },
    { requiredKeys: [] },
  )
  .map((query) => ({ ...query }));

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidRuleQuery || error instanceof AppError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('readNewQuery', () => {
  it('trims, lower-cases, drops blanks and repeated sources, and keeps the rest as it is', () => {
    const raw = {
      sources: [' Discogs', '', 'MOCK', 'discogs'],
      keywords: [' Frizzle ', '  ', 'FRY', 'fry'],
      q: '  Live ',
      max_price: 40,
      min_price: '10',
      currency: 'eur',
      min_condition: null,
      exclude_keywords: [' CD '],
    };

    expect(readNewQuery(raw)).toEqual({
      ...raw,
      sources: ['discogs', 'mock'],
      keywords: ['frizzle', 'fry', 'fry'],
      q: 'live',
    });
  });

  it.each<[query: RuleQuery, message: string]>([
    [{}, 'query.sources is required and must be a non-empty list'],
    [{ sources: null }, 'query.sources is required and must be a non-empty list'],
    [{ keywords: [] }, 'query.sources is required and must be a non-empty list'],
    [{ max_price: 3 }, 'query.sources is required and must be a non-empty list'],
    [{ sources: [] }, 'query.sources must be a non-empty list'],
    [{ sources: 'mock' }, 'query.sources must be a non-empty list'],
    [{ sources: { 0: 'mock' } }, 'query.sources must be a non-empty list'],
    [{ sources: ['mock', 1] }, 'query.sources entries must be strings'],
    [{ sources: ['nope', 1] }, 'Invalid provider source: nope'],
    [{ sources: [' NoPe '] }, 'Invalid provider source: nope'],
    [{ sources: ['x'.repeat(80)] }, `Invalid provider source: ${'x'.repeat(50)}`],
    [{ sources: [' ', ''] }, 'query.sources must contain at least one valid provider'],
    [{ sources: ['mock'], q: 5 }, 'query.q must be a string when provided'],
    [{ sources: ['mock'], q: null }, 'query.q must be a string when provided'],
    [{ sources: ['mock'], q: ' ' }, 'query.q must be non-empty when provided'],
    [{ sources: ['mock'], max_price: '5' }, 'query.max_price must be a numeric value'],
    [{ sources: ['mock'], max_price: true }, 'query.max_price must be a numeric value'],
    [{ sources: ['mock'], max_price: null }, 'query.max_price must be a numeric value'],
    [{ sources: ['mock'], max_price: Infinity }, 'query.max_price must be a numeric value'],
    [
      { sources: ['ebay'], ebay_marketplace: 'EBAY_XX' },
      'query.ebay_marketplace must be a marketplace of eBay such as EBAY_GB',
    ],
    [
      { sources: ['mock'], price_includes_shipping: 'yes' },
      'query.price_includes_shipping must be true or false',
    ],
    [{ sources: ['mock'], max_price: -0.01 }, 'query.max_price must be non-negative'],
    [{ sources: ['mock'], keywords: 'x' }, 'query.keywords must be a list when provided'],
    [{ sources: ['mock'], keywords: ['x', 1] }, 'query.keywords entries must be strings'],
    [
      { sources: ['mock'], keywords: [' ', ''] },
      'query.keywords must contain at least one non-empty keyword when provided',
    ],
    [{ sources: ['mock'], keywords: Array(33).fill('x') }, 'query.keywords must have at most 32 entries'],
    [
      { sources: ['mock'], keywords: ['x'.repeat(101)] },
      'query.keywords entries must have at most 100 characters',
    ],
    [{ sources: ['mock'], note: 'x'.repeat(4096) }, 'query must have at most 4096 bytes'],
    [{ sources: ['mock'], note: '🎵'.repeat(1020) }, 'query must have at most 4096 bytes'],
    [{ sources: ['mock'], min_price: Infinity }, 'query numbers must be finite'],
    [
      { sources: ['mock'], note: 'a\u0000' },
      'query texts must not contain null characters or unpaired surrogates',
    ],
    [
      { sources: ['mock'], note: [{ '\ud800': 1 }] },
      'query texts must not contain null characters or unpaired surrogates',
    ],
    [{ sources: ['mock'], a: [[[[[[[[1]]]]]]]] }, 'query must have at most 8 levels'],
  ])('refuses %j', (query, message) => {
    expect(messageOf(() => readNewQuery(query))).toBe(message);
  });

  it('checks q, the price, the sources and the keywords, in this order', () => {
    const broken = { keywords: 1, sources: 1, max_price: 'x', q: 1 };
    const texts = ['q', 'max_price', 'sources', 'keywords'].map((key) => {
      const message = messageOf(() => readNewQuery(broken));
      Object.assign(broken, { [key]: { q: 'x', max_price: 1, sources: ['mock'], keywords: [] }[key] });
      return message.split(' ')[0];
    });

    expect(texts).toEqual(['query.q', 'query.max_price', 'query.sources', 'query.keywords']);
  });

  it('takes no keywords, and null for none', () => {
    expect(readNewQuery({ sources: ['mock'], keywords: [] })).toEqual({ sources: ['mock'], keywords: [] });
    expect(readNewQuery({ sources: ['mock'], keywords: null })).toEqual({
      sources: ['mock'],
      keywords: null,
    });
  });

  it.each([{ keywords: ['x'] }, { q: 'x' }, { q: 'x', sources: null }])(
    'leaves the sources of %j open',
    (query) => {
      expect(readNewQuery(query)).not.toHaveProperty('sources');
    },
  );

  it('never fails but by refusing, and what it accepts it accepts again unchanged', () => {
    fc.assert(
      fc.property(anyQuery, (raw) => {
        let query: RuleQuery;
        try {
          query = readNewQuery(raw);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRuleQuery);
          return;
        }
        expect(readNewQuery(query)).toEqual(query);
      }),
      { numRuns: 500 },
    );
  });
});

describe('withEnabledSources', () => {
  it('means all enabled providers where none are named', () => {
    expect(withEnabledSources({ q: 'x' }, ENABLED)).toEqual({ q: 'x', sources: ENABLED });
  });

  it('refuses a provider that is not enabled, and a choice among none', () => {
    expect(messageOf(() => withEnabledSources({ sources: ['mock', 'ebay'] }, ENABLED))).toBe(
      'Invalid provider source: ebay',
    );
    expect(messageOf(() => withEnabledSources({ q: 'x' }, []))).toBe(
      'query.sources is required and must be a non-empty list',
    );
  });
});

describe('readQueryPatch', () => {
  it('takes null for every key, and nothing at all', () => {
    const clear = { q: null, max_price: null, sources: null, keywords: null, color: null };

    expect(readQueryPatch(clear)).toEqual(clear);
    expect(readQueryPatch({})).toEqual({});
  });

  it.each<[query: RuleQuery, message: string]>([
    [{ q: 5 }, 'query.q must be a string when provided'],
    [{ max_price: -1 }, 'query.max_price must be non-negative'],
    [{ sources: [] }, 'query.sources must be a non-empty list'],
    [{ keywords: {} }, 'query.keywords must be a list when provided'],
  ])('refuses %j as on creation', (query, message) => {
    expect(messageOf(() => readQueryPatch(query))).toBe(message);
  });
});

describe('mergeQuery', () => {
  const stored = { sources: ['mock'], keywords: ['x'], max_price: 5, color: null };

  it('replaces, adds and removes keys, and leaves a stored null alone', () => {
    expect(mergeQuery(stored, { keywords: null, max_price: 6, q: 'y' }, ENABLED)).toEqual({
      sources: ['mock'],
      max_price: 6,
      q: 'y',
      color: null,
    });
    expect(mergeQuery(stored, {}, ENABLED)).toEqual(stored);
    expect(stored).toEqual({ sources: ['mock'], keywords: ['x'], max_price: 5, color: null });
  });

  it('holds only newly named sources against what is enabled', () => {
    const old = { ...stored, sources: ['ebay'] };

    expect(mergeQuery(old, { q: 'y' }, ENABLED).sources).toEqual(['ebay']);
    expect(messageOf(() => mergeQuery(stored, { sources: ['ebay'] }, ENABLED))).toBe(
      'Invalid provider source: ebay',
    );
  });

  it.each<[old: RuleQuery, patch: RuleQuery, message: string]>([
    [stored, { sources: null }, 'query.sources cannot be removed'],
    [{}, { q: 'x' }, 'query.sources must remain a non-empty list'],
    [{ sources: 'mock' }, { q: 'x' }, 'query.sources must remain a non-empty list'],
    [{ ...stored, keywords: 'x' }, { q: 'x' }, 'query.keywords must be a list when provided'],
    [{ ...stored, max_price: '5' }, { q: 'x' }, 'query.max_price must be a numeric value'],
  ])('answers 400 when %j changed by %j could not run', (old, patch, message) => {
    expect(() => mergeQuery(old, patch, ENABLED)).toThrow(
      expect.objectContaining({ name: 'AppError', code: 'bad_request', message }) as AppError,
    );
  });

  it('changes nothing when it is merged a second time', () => {
    const patchOf = fc.record(
      { q: fc.option(fc.constant('y')), keywords: fc.option(fc.array(fc.constant('z'), { minLength: 1 })) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(patchOf, (patch) => {
        const once = mergeQuery(stored, { ...patch }, ENABLED);
        expect(mergeQuery(once, { ...patch }, ENABLED)).toEqual(once);
      }),
    );
  });
});
