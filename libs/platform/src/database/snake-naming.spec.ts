import { SnakeNaming } from './snake-naming';

describe('SnakeNaming', () => {
  const naming = new SnakeNaming();

  it.each([
    ['discogsReleaseId', 'discogs_release_id'],
    ['isActive', 'is_active'],
    ['id', 'id'],
    ['pollIntervalSeconds', 'poll_interval_seconds'],
  ])('turns %s into %s', (property, column) => {
    expect(naming.columnName(property, '', [])).toBe(column);
  });

  it('lets a name that was given stand', () => {
    expect(naming.tableName('WatchRule', 'watch_search_rules')).toBe('watch_search_rules');
    expect(naming.tableName('WatchRule', undefined)).toBe('watch_rule');
    expect(naming.columnName('userId', 'owner_id', [])).toBe('owner_id');
  });

  it('names columns of relations and embedded parts after them', () => {
    expect(naming.joinColumnName('watchRule', 'id')).toBe('watch_rule_id');
    expect(naming.columnName('postalCode', '', ['homeAddress'])).toBe('home_address_postal_code');
  });
});
