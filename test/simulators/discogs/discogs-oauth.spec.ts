import {
  oauthHeader,
  type OAuthRequest,
  type OAuthSignatureMethod,
  type OAuthToken,
} from '../../../libs/integrations/src/discogs/oauth1';
import { DISCOGS_KEYS, DiscogsSimulator } from './discogs-simulator';

const CONSUMER = { key: DISCOGS_KEYS.consumerKey, secret: DISCOGS_KEYS.consumerSecret };
const CALLBACK = 'https://app.example/callback?state=s';

describe('OAuth 1.0a of the Discogs simulator', () => {
  const discogs = new DiscogsSimulator();
  let nonce = 0;
  beforeAll(async () => await discogs.start());
  afterAll(async () => await discogs.stop());
  beforeEach(() => {
    discogs.reset();
    discogs.addRelease({ id: 1, title: 'One' });
    discogs.addUser({ username: 'alice', wants: [1], isPrivate: true });
  });

  async function call(method: string, path: string, over: Partial<OAuthRequest> = {}) {
    const url = `${discogs.url}${path}`;
    const authorization = oauthHeader({
      method,
      url,
      consumer: CONSUMER,
      token: null,
      nonce: `nonce-${nonce++}`,
      timestamp: Math.floor(discogs.clock.nowMs() / 1000),
      signatureMethod: 'PLAINTEXT',
      ...over,
    });
    const response = await fetch(url, {
      method,
      headers: { authorization, 'user-agent': 'WaxWatchTest/1.0' },
    });
    return {
      status: response.status,
      text: await response.text(),
      type: response.headers.get('content-type'),
    };
  }
  const tokenIn = (text: string): OAuthToken => {
    const fields = new URLSearchParams(text);
    return { token: fields.get('oauth_token') ?? '', secret: fields.get('oauth_token_secret') ?? '' };
  };
  const requestToken = async (signatureMethod: OAuthSignatureMethod = 'PLAINTEXT'): Promise<OAuthToken> => {
    const extra = { oauth_callback: CALLBACK };
    return tokenIn((await call('GET', '/oauth/request_token', { signatureMethod, extra })).text);
  };
  const exchange = async (token: OAuthToken, verifier: string | null, over: Partial<OAuthRequest> = {}) =>
    await call('POST', '/oauth/access_token', { token, extra: { oauth_verifier: verifier ?? '' }, ...over });

  it.each(['PLAINTEXT', 'HMAC-SHA1'] as const)('goes three legs with %s', async (signatureMethod) => {
    const pending = await requestToken(signatureMethod);
    const { verifier, redirectTo } = discogs.oauth.decide(pending.token, 'alice');
    expect(redirectTo).toBe(`${CALLBACK}&oauth_token=${pending.token}&oauth_verifier=${verifier ?? ''}`);
    const answer = await exchange(pending, verifier, { signatureMethod });
    expect([answer.status, answer.type]).toEqual([200, 'application/x-www-form-urlencoded']);
    const token = tokenIn(answer.text);

    const identity = await call('GET', '/oauth/identity', { token, signatureMethod });
    expect(JSON.parse(identity.text)).toMatchObject({ username: 'alice' });
    const path = '/users/alice/wants?page=1&per_page=100';
    expect((await call('GET', path, { token, signatureMethod })).status).toBe(200);
    expect((await call('GET', path)).status).toBe(401);
  });

  it('takes a request token once, for 15 minutes, with its verifier and its secret', async () => {
    const pending = await requestToken();
    expect((await exchange(pending, 'x')).status).toBe(400);
    const { verifier } = discogs.oauth.decide(pending.token, 'alice');
    expect((await exchange(pending, 'x')).status).toBe(400);
    expect((await exchange({ ...pending, secret: 'x' }, verifier)).status).toBe(401);
    expect((await exchange(pending, verifier)).status).toBe(200);
    expect((await exchange(pending, verifier)).status).toBe(400);

    const late = await requestToken();
    const grant = discogs.oauth.decide(late.token, 'alice');
    discogs.clock.advance(15 * 60_000 + 1);
    expect((await exchange(late, grant.verifier)).status).toBe(400);
  });

  it('comes back with nothing when the user refuses', async () => {
    const pending = await requestToken();

    expect(discogs.oauth.decide(pending.token, null)).toEqual({
      redirectTo: `${CALLBACK}&denied=${pending.token}`,
      verifier: null,
    });
    expect((await exchange(pending, 'x')).status).toBe(400);
  });

  it('complains in plain text about consumer, nonce, clock and signature', async () => {
    const ask = async (over: Partial<OAuthRequest>) => await call('GET', '/oauth/request_token', over);

    expect(await ask({ consumer: { ...CONSUMER, key: 'x' } })).toMatchObject({
      status: 401,
      text: 'Invalid consumer.',
      type: 'text/plain',
    });
    await ask({ nonce: 'used' });
    expect((await ask({ nonce: 'used' })).text).toBe('Invalid nonce.');
    expect((await ask({ timestamp: 1_000 })).text).toBe('Invalid timestamp.');
    expect((await ask({ consumer: { ...CONSUMER, secret: 'x' } })).text).toBe('Invalid signature.');
  });

  it('refuses a credential that its user has removed', async () => {
    const pending = await requestToken();
    const { verifier } = discogs.oauth.decide(pending.token, 'alice');
    const token = tokenIn((await exchange(pending, verifier)).text);
    discogs.oauth.revoke('alice');

    expect((await call('GET', '/oauth/identity', { token })).status).toBe(401);
  });
});
