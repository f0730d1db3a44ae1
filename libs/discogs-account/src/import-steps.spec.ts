import { cursorOf, distinctEntries, isSuspiciouslyEmpty, isWhole, nextStep } from './import-steps';

const entry = (releaseId: number, title = 'A') => ({
  releaseId,
  masterId: null,
  title,
  artist: null,
  year: null,
  isMaster: false,
  comment: null,
});
const page = (over: object) => ({
  page: 1,
  pages: 1,
  items: 1,
  rowCount: 1,
  releaseIds: [],
  entries: [],
  ...over,
});

describe('nextStep', () => {
  it.each([
    ['wantlist', null, { source: 'wantlist', page: 1 }],
    ['collection', null, { source: 'collection', page: 1 }],
    ['both', null, { source: 'wantlist', page: 1 }],
    ['both', 'wantlist:1/3', { source: 'wantlist', page: 2 }],
    ['both', 'wantlist:3/3', { source: 'collection', page: 1 }],
    ['both', 'collection:2/3', { source: 'collection', page: 3 }],
    ['both', 'collection:3/3', null],
    ['wantlist', 'wantlist:1/1', null],
  ] as const)('of %s after %s is %j', (scope, cursor, expected) => {
    expect(nextStep(scope, cursor)).toEqual(expected);
  });

  it('never goes on for ever: a cursor beyond its list counts as its end', () => {
    expect(cursorOf({ source: 'wantlist', page: 4 }, 2)).toBe('wantlist:4/4');
    expect(nextStep('wantlist', 'wantlist:4/4')).toBeNull();
  });
});

it('takes each release of a page once', () => {
  expect(distinctEntries([entry(1, 'first'), entry(2), entry(1, 'second')])).toEqual([
    entry(1, 'first'),
    entry(2),
  ]);
});

it('believes an empty page of an empty list only', () => {
  const step = { source: 'wantlist', page: 1 } as const;

  expect(isSuspiciouslyEmpty(page({ rowCount: 0, items: 5 }), step)).toBe(true);
  expect(isSuspiciouslyEmpty(page({ rowCount: 0, items: 0 }), step)).toBe(false);
  expect(isSuspiciouslyEmpty(page({}), step)).toBe(false);
});

it('takes a list for whole when nothing of it has moved', () => {
  expect(isWhole(3, 3, 3)).toBe(true);
  expect(isWhole(3, 4, 4)).toBe(false);
  expect(isWhole(3, 3, 2)).toBe(false);
  expect(isWhole(null, null, 0)).toBe(false);
});
