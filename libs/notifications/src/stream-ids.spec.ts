import { giveStreamIds, idsPerUser } from './stream-ids';

const rows = ['a', 'b', 'a'].map((user_id) => ({ user_id }));

describe('stream ids', () => {
  it('are needed by every row', () => {
    expect([...idsPerUser(rows)]).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('are given in the order of the rows, without holes', () => {
    const lastIds = new Map([
      ['a', 9],
      ['b', 1],
    ]);

    expect(giveStreamIds(rows, lastIds)).toEqual([8, 1, 9]);
  });
});
