import { pollQuestions } from './poll-questions';

describe('pollQuestions', () => {
  it('asks each source that is enabled, in their fixed order', () => {
    const query = { sources: ['mock', 'discogs', 'ebay'], keywords: ['Primus'] };

    expect(pollQuestions(query, ['discogs', 'mock'])).toEqual([
      { provider: 'discogs', kind: 'search', marketplace: null, key: 'primus' },
      { provider: 'mock', kind: 'search', marketplace: null, key: 'primus' },
    ]);
  });

  it('asks for everything where the rule states no words', () => {
    expect(pollQuestions({ sources: ['mock'] }, ['mock'])).toMatchObject([{ key: '' }]);
  });

  it.each([
    {},
    { sources: 'mock' },
    { sources: ['ebay'] },
    { sources: ['mock'], keywords: ['!!!'] },
    { sources: ['mock'], min_price: 9, max_price: 5 },
  ])('asks nothing for %j', (query) => {
    expect(pollQuestions(query, ['mock'])).toEqual([]);
  });
});
