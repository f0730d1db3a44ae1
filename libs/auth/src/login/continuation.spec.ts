import { ValidationError } from '@waxwatch/platform/errors';
import { checkContinuation, type Continuation, readExpiry } from './continuation';

const now = new Date('2026-01-05T10:00:00Z');
const nothing: Continuation = { return_to: null, handoff: null, state: null, nonce: null, expires_at: null };
const handover = { handoff: 'waxwatch://auth', state: 's', nonce: 'n', expires_at: '2026-01-05T10:05:00Z' };
const check = (wish: Partial<Continuation>) => checkContinuation({ ...nothing, ...wish }, now);

/** The field and the reason of a refusal. */
function refusalOf(wish: Partial<Continuation>): unknown[] {
  try {
    return ['granted', check(wish).redirectTo];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.items.flatMap(({ loc, msg }) => [loc.join('.'), msg]);
  }
}

describe('checkContinuation', () => {
  it.each([null, '', ' '])('wants to go nowhere with %j', (text) => {
    expect(check({ return_to: text, handoff: text })).toEqual({ redirectTo: null, nonce: null });
  });

  it.each(['/signup', '/account', '/account/subscription', '/account?tab=plan&next=%2Fx', '/account?a=b?c'])(
    'returns to %s',
    (path) => {
      expect(check({ return_to: path }).redirectTo).toBe(path);
    },
  );

  it.each([
    'https://evil.example/account',
    '//evil.example',
    '/\\evil.example',
    'account',
    '/account/',
    '/account/../admin',
    '/Account',
    '/account#x',
    '/account?next=//evil.example',
    '/account?next=\\evil',
    '/account?a=b\nc',
    '/accounts',
    '/',
    'javascript:alert(1)',
  ])('does not return to %j', (path) => {
    expect(refusalOf({ return_to: path })[0]).toBe('body.return_to');
  });

  it.each([
    ['waxwatch://auth/callback', 'waxwatch://auth/callback?'],
    ['waxwatch-dev:auth', 'waxwatch-dev:auth?'],
    ['https://waxwatch.app/handoff', 'https://waxwatch.app/handoff?'],
    ['https://m.eu.waxwatch.app/x?keep=1&state=old', 'https://m.eu.waxwatch.app/x?keep=1&'],
  ])('hands over to %s', (handoff, start) => {
    const { redirectTo, nonce } = check({ ...handover, handoff, return_to: '/account' });

    expect(redirectTo).toBe(
      `${start}state=s&nonce=n&expires_at=2026-01-05T10%3A05%3A00Z&return_to=%2Faccount&status=success`,
    );
    expect(nonce).toEqual({ value: 'n', expiresAt: new Date('2026-01-05T10:05:00Z') });
  });

  it('says nothing of a page to return to where there is none', () => {
    expect(check({ ...handover, handoff: 'waxwatch://a?return_to=x' }).redirectTo).not.toContain('return_to');
  });

  it.each([
    'http://waxwatch.app',
    'https://waxwatch.app.evil.example',
    'https://evilwaxwatch.app',
    'https://waxwatch.app:8443',
    'https://user@waxwatch.app',
    'https://user:pw@waxwatch.app',
    'https://waxwatch.app@evil.example',
    'javascript:alert(1)//waxwatch.app',
    'waxwatchx://auth',
    'data:text/html,x',
    '/account',
    'nonsense',
  ])('does not hand over to %j', (handoff) => {
    expect(refusalOf({ ...handover, handoff })[0]).toBe('body.handoff');
  });

  it.each(['state', 'nonce', 'expires_at'] as const)('needs %s for a hand-over', (field) => {
    expect(refusalOf({ ...handover, [field]: null })).toEqual([
      `body.${field}`,
      `Value error, ${field} is required with handoff`,
    ]);
    expect(refusalOf({ [field]: null, return_to: '/account' })).toEqual(['granted', '/account']);
  });

  it.each(['2026-01-05T10:00:00Z', '2026-01-05T09:59:59Z', '1767607200', '0'])('is too late at %s', (at) => {
    expect(refusalOf({ ...handover, expires_at: at })).toEqual([
      'body.expires_at',
      'Value error, expires_at has passed',
    ]);
  });
});

describe('readExpiry', () => {
  it.each([
    ['2026-01-05T10:05:00Z', '2026-01-05T10:05:00.000Z'],
    ['2026-01-05T12:05:00+02:00', '2026-01-05T10:05:00.000Z'],
    ['2026-01-05T10:05:00.250Z', '2026-01-05T10:05:00.250Z'],
    ['1767607500', '2026-01-05T10:05:00.000Z'],
    ['1767607500.5', '2026-01-05T10:05:00.500Z'],
    ['1767607500000', '2026-01-05T10:05:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(readExpiry(text)?.toISOString()).toBe(instant);
  });

  it.each(['', 'soon', '2026-01-05', '2026-01-05T10:05:00', '2026-13-05T10:05:00Z', '-1', '1e12', '0x10'])(
    'does not read %j',
    (text) => {
      expect(readExpiry(text)).toBeNull();
    },
  );
});
