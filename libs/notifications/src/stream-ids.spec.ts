import { giveStreamIds, idsPerUser } from './stream-ids';

const row = (id: string, user_id: string, refusal: string | null = null) => ({ id, user_id, refusal });
const rows = [
  row('1', 'a'),
  row('2', 'b'),
  row('3', 'a', 'channel_disabled'),
  row('4', 'a'),
  row('5', 'c', 'x'),
];

describe('stream ids', () => {
  it('are needed by rows that are delivered', () => {
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

    expect(giveStreamIds(rows, lastIds)).toEqual([8, 1, null, 9, null]);
  });
});
