import { catalogueDifferences } from './catalogue';

describe('catalogueDifferences', () => {
  it('finds none between equal schemas, in whatever order', () => {
    expect(catalogueDifferences(['column a', 'column b'], ['column b', 'column a'])).toEqual([]);
  });

  it('says what is left over and what is lost', () => {
    expect(catalogueDifferences(['column a', 'index x'], ['column a', 'type t'])).toEqual([
      'leaves: type t',
      'loses: index x',
    ]);
  });
});
