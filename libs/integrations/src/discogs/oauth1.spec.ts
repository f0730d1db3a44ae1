import { oauthHeader, type OAuthRequest, oauthSignature, signatureBaseString } from './oauth1';

const REQUEST: OAuthRequest = {
  method: 'get',
  url: 'https://api.discogs.com/users/alice/wants?page=2&per_page=100',
  consumer: { key: 'ck_test', secret: 'cs_test' },
  token: { token: 'at_test', secret: 'ats_test' },
  nonce: 'nonce-1',
  timestamp: 1_767_225_600,
  signatureMethod: 'HMAC-SHA1',
};

describe('OAuth 1.0a', () => {
  it('signs with HMAC-SHA1 as Discogs does', () => {
    expect(signatureBaseString(REQUEST)).toBe(
      'GET&https%3A%2F%2Fapi.discogs.com%2Fusers%2Falice%2Fwants&oauth_consumer_key%3Dck_test%26oauth_nonce%3Dnonce-1' +
        '%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1767225600%26oauth_token%3Dat_test' +
        '%26oauth_version%3D1.0%26page%3D2%26per_page%3D100',
    );
    expect(oauthSignature(REQUEST)).toBe('+GqNqBA/kNMZxPoAdrBeKkIlYA4=');
  });

  it('sends both secrets as a PLAINTEXT signature, percent-encoded in the header', () => {
    const request: OAuthRequest = { ...REQUEST, signatureMethod: 'PLAINTEXT' };

    expect(oauthSignature(request)).toBe('cs_test&ats_test');
    expect(oauthHeader(request)).toContain('oauth_signature="cs_test%26ats_test"');
  });

  it('has nothing behind the ampersand without a token', () => {
    const request: OAuthRequest = { ...REQUEST, token: null, signatureMethod: 'PLAINTEXT' };

    expect(oauthSignature(request)).toBe('cs_test&');
    expect(oauthHeader(request)).not.toContain('oauth_token=');
  });

  it('carries callback and verifier, and encodes what URLs leave alone', () => {
    const extra = { oauth_callback: "https://app.example/cb?state=a b&x='*'" };

    expect(oauthHeader({ ...REQUEST, extra })).toContain(
      'oauth_callback="https%3A%2F%2Fapp.example%2Fcb%3Fstate%3Da%20b%26x%3D%27%2A%27"',
    );
  });

  it('orders parameters by their encoded bytes, repeated names by value', () => {
    const url = 'https://api.discogs.com/x?b=2&a=z&a=1&B=3';

    expect(decodeURIComponent(signatureBaseString({ ...REQUEST, url }).split('&')[2] ?? '')).toMatch(
      /^B=3&a=1&a=z&b=2&oauth_consumer_key=/,
    );
  });
});
