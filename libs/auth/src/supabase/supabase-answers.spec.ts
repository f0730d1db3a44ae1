import { errorCodeOf, retryAfterOf } from './supabase-answers';

describe('errorCodeOf', () => {
  it.each([
    [{ code: 400, error_code: 'invalid_credentials', msg: '…' }, {}, 'invalid_credentials'],
    [{ code: 'invalid_credentials', message: '…' }, {}, 'invalid_credentials'],
    [{ error: 'invalid_grant', error_description: '…' }, {}, 'invalid_grant'],
    [{ code: 400, msg: '…' }, { 'x-sb-error-code': 'user_banned' }, 'user_banned'],
    [undefined, { 'x-sb-error-code': 'user_banned' }, 'user_banned'],
    [{ message: 'Invalid API key' }, {}, undefined],
    ['text', {}, undefined],
    [null, {}, undefined],
  ])('of %j with %j is %s', (body, headers, code) => {
    expect(errorCodeOf({ status: 400, headers, body })).toBe(code);
  });
});

describe('retryAfterOf', () => {
  it.each([
    ['30', 30],
    ['0', 1],
    ['99999', 3600],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 60],
    [undefined, 60],
  ])('of %j is %d', (header, seconds) => {
    expect(retryAfterOf({ status: 429, headers: { 'retry-after': header }, body: undefined })).toBe(seconds);
  });
});
