import fc from 'fast-check';
import { cleanText, toCurrency, toInstant, toMoney, toMoneyOrZero, toProviderUrl } from './listing-text';

describe('cleanText', () => {
  it.each([
    ['  Kind\tOf\n Blue ', 'Kind Of Blue'],
    ['<b>Kind</b> Of <img src=x onerror=alert(1)>Blue', 'Kind Of Blue'],
    ['<scr<script>ipt>alert(1)', 'scr ipt>alert(1)'],
    ['&lt;script&gt;x&lt;/script&gt; A &amp; B', 'x A & B'],
    ['I <3 you, A < B', 'I <3 you, A < B'],
    ['\u202eevil\u0000 \ud800lone', 'evil lone'],
  ])('%j becomes %j', (dirty, clean) => {
    expect(cleanText(dirty, 100)).toBe(clean);
  });

  it('says nothing about nothing', () => {
    expect([null, undefined, '', ' <i> ', '\u0000'].map((text) => cleanText(text, 10))).toEqual(
      Array(5).fill(null),
    );
  });

  it('never exceeds the length, keeps characters whole and is safe to store', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 40 }), (text, length) => {
        const clean = cleanText(text, length) ?? '';
        expect(clean.length).toBeLessThanOrEqual(length);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cs}]|<[a-z!/]/iu);
      }),
    );
  });
});

describe('toMoney', () => {
  it.each([
    ['12.5', '12.50'],
    [12.5, '12.50'],
    ['0.005', '0.01'],
    [0.1 + 0.2, '0.30'],
    ['1.995', '2.00'],
    ['99999999.99', '99999999.99'],
  ])('%p is %p', (value, money) => {
    expect(toMoney(value)).toBe(money);
  });

  it.each([
    null,
    undefined,
    '',
    'NaN',
    Number.NaN,
    Infinity,
    -1,
    '-0.01',
    0,
    '0.00',
    '1e9',
    1e21,
    '100000000',
    '1,50',
  ])('refuses %p', (value) => {
    expect(toMoney(value)).toBeNull();
  });

  it('lets shipping be free', () => {
    expect([toMoneyOrZero('0.00'), toMoneyOrZero(0), toMoneyOrZero('x'), toMoneyOrZero('3')]).toEqual([
      '0.00',
      '0.00',
      null,
      '3.00',
    ]);
  });
});

describe('other fields', () => {
  it('reads currencies, instants and URLs strictly', () => {
    expect([toCurrency(' usd '), toCurrency('US'), toCurrency('U$D')]).toEqual(['USD', null, null]);
    expect(toInstant('2026-01-05T10:00:00+01:00')).toBe('2026-01-05T09:00:00.000Z');
    expect([toInstant('soon'), toInstant('0001-01-01'), toInstant(null)]).toEqual([null, null, null]);
  });

  it.each([
    'http://www.example.com/x',
    'javascript:alert(1)',
    'https://www.example.com.evil.test/',
    'https://user:pw@www.example.com/',
    'https://www.example.com:8443/',
    '//evil.test/x',
    'not a url',
  ])('refuses the URL %p', (url) => {
    expect(toProviderUrl(url, (host) => host === 'www.example.com', 'https://www.example.com')).toBe(
      url === 'not a url' ? 'https://www.example.com/not%20a%20url' : null,
    );
  });
});
