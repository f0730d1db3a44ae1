import { MAX_REPLAY, startingPoint } from './resume';

describe('starting point', () => {
  it.each([undefined, ''])('is the end for a client that names %p', (lastEventId) => {
    expect(startingPoint(lastEventId, 7)).toEqual({ after: 7 });
  });

  it.each([
    ['0', 0],
    ['3', 3],
    ['7', 7],
    ['007', 7],
  ])('is behind the id %p', (lastEventId, after) => {
    expect(startingPoint(lastEventId, 7)).toEqual({ after });
  });

  it.each(['8', '-1', '1.5', '1e1', ' 3', 'x', '9'.repeat(16), '4c8d9157-4a8c-4ea8-9d27-3ad2fc1e8f95'])(
    'is the end, with a reset, for the unknown id %p',
    (lastEventId) => {
      expect(startingPoint(lastEventId, 7)).toEqual({ after: 7, reset: 'unknown' });
    },
  );

  it('is the end, with a reset, for a client too far behind', () => {
    expect(startingPoint('10', MAX_REPLAY + 10)).toEqual({ after: 10 });
    expect(startingPoint('10', MAX_REPLAY + 11)).toEqual({ after: MAX_REPLAY + 11, reset: 'too_old' });
  });
});
