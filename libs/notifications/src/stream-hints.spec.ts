import { parseStreamHints } from './stream-hints';

const hint = { user_id: '8f2a5009-c0a2-4f90-8f1b-c1716c26bf06', stream_id: 7 };

describe('stream hints', () => {
  it('come alone or in lists', () => {
    expect(parseStreamHints(JSON.stringify(hint))).toEqual([hint]);
    expect(parseStreamHints(JSON.stringify([hint, { ...hint, stream_id: 8 }]))).toEqual([
      hint,
      { ...hint, stream_id: 8 },
    ]);
  });

  it('may carry more in another release', () => {
    expect(parseStreamHints(JSON.stringify({ ...hint, sent_at: 1 }))).toEqual([hint]);
  });

  it.each([
    '',
    '{',
    'null',
    '[1]',
    '{"user_id":"x","stream_id":1}',
    JSON.stringify({ ...hint, stream_id: -1 }),
  ])('are ignored when they read %p', (message) => {
    expect(parseStreamHints(message)).toEqual([]);
  });
});
