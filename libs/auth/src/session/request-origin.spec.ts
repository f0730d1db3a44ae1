import { isSafe, requestOrigin, trustedOrigins } from './request-origin';

const trusted = trustedOrigins({
  CORS_ALLOWED_ORIGINS: ['https://app.example/', 'https://other.example'],
  CORS_ALLOW_CREDENTIALS: true,
  PUBLIC_BASE_URL: 'https://wax.example/base',
});
const originOf = (headers: Record<string, string>, protocol = 'https') =>
  requestOrigin({ method: 'POST', headers, protocol, host: 'api.example:8000' }, trusted);

describe('requestOrigin', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin' }],
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://rewritten.example' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://app.example' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }],
    [{ origin: 'https://app.example' }],
    [{ origin: 'https://wax.example' }],
    [{ origin: 'https://api.example:8000' }],
  ])('is ours with %j', (headers) => {
    expect(originOf(headers)).toBe('own');
  });

  it.each([
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://evil.example' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://api.example:8000' }],
    [{ 'sec-fetch-site': 'anything' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'https://app.example.evil.example' }],
    [{ origin: 'https://api.example' }],
    [{ origin: 'http://api.example:8000' }],
    [{ origin: 'http://app.example' }],
    [{ origin: 'null' }],
    [{ origin: '' }],
  ])('is foreign with %j', (headers) => {
    expect(originOf(headers)).toBe('foreign');
  });

  it('is unknown where nothing is said', () => {
    expect(originOf({})).toBe('unknown');
  });

  it('takes a page with TLS for ours where it may have ended before us', () => {
    expect(originOf({ origin: 'https://api.example:8000' }, 'http')).toBe('own');
    expect(originOf({ origin: 'http://api.example:8000' }, 'http')).toBe('own');
  });
});

describe('trustedOrigins', () => {
  it('leaves out who may call without credentials only', () => {
    const listed = { CORS_ALLOWED_ORIGINS: ['https://app.example'], PUBLIC_BASE_URL: undefined };

    expect([...trustedOrigins({ ...listed, CORS_ALLOW_CREDENTIALS: false })]).toEqual([]);
    expect([...trustedOrigins({ ...listed, CORS_ALLOW_CREDENTIALS: true })]).toEqual(['https://app.example']);
  });
});

describe('isSafe', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('is true of %s', (method) => expect(isSafe({ method })).toBe(true));
  it.each(['POST', 'PATCH', 'DELETE', 'PUT', 'X', undefined])('is false of %s', (method) =>
    expect(isSafe({ method })).toBe(false),
  );
});
