import { pollQuestions } from './poll-questions';

const HOMES = { user: 'EBAY_US', server: 'EBAY_US' };

describe('pollQuestions', () => {
  it('asks each source that is enabled, in their fixed order', () => {
    const query = { sources: ['mock', 'discogs', 'ebay'], keywords: ['Primus'] };

    expect(pollQuestions(query, ['discogs', 'mock'], HOMES)).toEqual([
      { provider: 'discogs', kind: 'search', marketplace: null, key: 'primus' },
      { provider: 'mock', kind: 'search', marketplace: null, key: 'primus' },
    ]);
  });

  it('asks for everything where the rule states no words', () => {
    expect(pollQuestions({ sources: ['mock'] }, ['mock'], HOMES)).toMatchObject([{ key: '' }]);
  });

  it.each([
    {},
    { sources: 'mock' },
    { sources: ['ebay'] },
    { sources: ['mock'], keywords: ['!!!'] },
    { sources: ['mock'], min_price: 9, max_price: 5 },
  ])('asks nothing for %j', (query) => {
    expect(pollQuestions(query, ['mock'], HOMES)).toEqual([]);
  });

  it.each([
    [undefined, null],
    ['EBAY_GB', 'EBAY_GB'],
    ['EBAY_US', null],
    [7, null],
  ])(
    'asks eBay where the rule says, as one question with those who mean the same (%p)',
    (named, marketplace) => {
      const query = { sources: ['mock', 'ebay'], ebay_marketplace: named };

      expect(pollQuestions(query, ['ebay', 'mock'], HOMES)).toMatchObject([
        { provider: 'ebay', marketplace },
        { provider: 'mock', marketplace: null },
      ]);
    },
  );

  it.each([
    [undefined, 'EBAY_DE'],
    ['EBAY_GB', 'EBAY_GB'],
    ['EBAY_US', null],
  ])('asks where the user wants unless the rule says (%p)', (named, marketplace) => {
    const homes = { user: 'EBAY_DE', server: 'EBAY_US' };
    const query = { sources: ['ebay'], ebay_marketplace: named };
    expect(pollQuestions(query, ['ebay'], homes)).toMatchObject([{ provider: 'ebay', marketplace }]);
  });
});
