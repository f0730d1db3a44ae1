import { WatchRuleOut } from './watch-rules.schema';
import { RULE_ROWS } from './watch-rules.sql';

describe('the list of rules', () => {
  it('sends the fields of its schema and no others', () => {
    expect(Object.keys(RULE_ROWS.kinds).sort()).toEqual(Object.keys(WatchRuleOut.shape).sort());
  });
});
