import { randomUUID } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import { type CryptoKey, type JWK, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from 'jose';
import { freePort } from './free-port';

type Algorithm = 'RS256' | 'ES256';

interface SigningKey {
  alg: Algorithm;
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

export interface TokenRequest extends JWTPayload {
  email?: string;
  /** Default RS256. */
  alg?: Algorithm;
  /** Seconds from now; default one hour. Negative for a token that has expired. */
  expiresIn?: number;
  /** Overrides the header's `kid`, as a token of an unknown key has it. */
  kid?: string;
}

const AUDIENCE = 'authenticated';

/** A local identity provider: signs tokens and publishes the keys to check them with. */
export class TestIssuer {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often the key set was fetched. */
  fetches = 0;
  /** Set to answer every fetch of the key set with 503. */
  isDown = false;

  private constructor(
    private readonly server: Server,
    port: number,
    private keys: SigningKey[],
  ) {
    this.issuer = `http://127.0.0.1:${port}/auth/v1`;
    this.jwksUrl = `${this.issuer}/.well-known/jwks.json`;
  }

  static async start(): Promise<TestIssuer> {
    const port = await freePort();
    const server = createServer();
    const issuer = new TestIssuer(server, port, await makeKeys());
    server.on('request', (request, response) => {
      const isKeySet = request.url?.endsWith('/.well-known/jwks.json') ?? false;
      if (isKeySet) issuer.fetches += 1;
      const status = !isKeySet ? 404 : issuer.isDown ? 503 : 200;
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
      response.end(JSON.stringify(status === 200 ? issuer.keySet : {}));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return issuer;
  }

  get keySet(): { keys: JWK[] } {
    return { keys: this.keys.map((key) => key.publicJwk) };
  }

  /** A signed token. A claim given as `undefined` is left out, to make tokens that must be refused. */
  async issueToken(request: TokenRequest = {}): Promise<string> {
    const { alg = 'RS256', expiresIn = 3600, kid, ...claims } = request;
    const key = this.keys.find((candidate) => candidate.alg === alg);
    if (!key) throw new Error(`The issuer has no ${alg} key.`);
    const now = Math.floor(Date.now() / 1000);
    const defaults = { sub: randomUUID(), iss: this.issuer, aud: AUDIENCE, iat: now, exp: now + expiresIn };
    return await new SignJWT({ role: AUDIENCE, ...defaults, ...claims })
      .setProtectedHeader({ alg, kid: kid ?? key.kid, typ: 'JWT' })
      .sign(key.privateKey);
  }

  /** New keys under new names; tokens of the old ones can no longer be checked. */
  async rotateKeys(): Promise<void> {
    this.keys = await makeKeys();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function makeKeys(): Promise<SigningKey[]> {
  return await Promise.all([makeKey('RS256'), makeKey('ES256')]);
}

async function makeKey(alg: Algorithm): Promise<SigningKey> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair(alg);
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } };
}
