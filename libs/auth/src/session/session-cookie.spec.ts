import { cookieOf } from './session-cookie';

describe('cookieOf', () => {
  it.each([
    [undefined, null],
    ['', null],
    ['a=b', null],
    ['waxwatch_session=', null],
    ['waxwatch_session', null],
    ['xwaxwatch_session=1', null],
    ['waxwatch_session=abc', 'abc'],
    ['a=b; waxwatch_session=a..b.c-_ ; c=d', 'a..b.c-_'],
    ['waxwatch_session=a=b', 'a=b'],
    ['waxwatch_session=first; waxwatch_session=second', 'first'],
  ])('reads %j as %j', (cookie, expected) => {
    expect(cookieOf({ headers: cookie === undefined ? {} : { cookie } })).toBe(expected);
  });
});
