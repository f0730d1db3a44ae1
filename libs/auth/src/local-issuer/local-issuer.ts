import { generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const ALLOWED_ENVIRONMENTS = new Set(['dev', 'test', 'local']);

type Algorithm = 'RS256' | 'ES256';

export type TokenClaims = Record<string, unknown> & { sub?: string | undefined; email?: string | undefined };

export interface TokenOptions {
  /** Seconds from now, by default one hour; negative for an expired token. */
  expiresIn?: number;
  alg?: Algorithm;
  /** Merged into the header, for instance the `kid` of a key that does not exist. */
  header?: Record<string, unknown>;
}

interface SigningKey {
  alg: Algorithm;
  kid: string;
  privateKey: KeyObject;
  published: JsonWebKey;
}

/**
 * An identity provider in this process, for the demo and for tests: it signs tokens for anybody and publishes
 * its keys as a real one does. Refused in production-like environments, where configuration moreover accepts
 * only https issuers.
 */
export class LocalIssuer {
  /** How often the keys have been asked for. */
  fetches = 0;
  /** Answered instead of the keys while set: an outage, or nonsense. */
  insteadOfKeys: { status: number; body: string } | null = null;
  private readonly audience: string;
  private keys = makeKeys();
  private server: Server | null = null;
  private base = '';

  /** @throws Error outside dev, test and local */
  constructor({ environment, audience = 'authenticated' }: { environment: string; audience?: string }) {
    if (!ALLOWED_ENVIRONMENTS.has(environment.toLowerCase())) {
      throw new Error('the local token issuer does not run in production-like environments');
    }
    this.audience = audience;
  }

  /** The value of `iss`, known once started. */
  get issuer(): string {
    if (this.base === '') throw new Error('the local token issuer has not been started');
    return this.base;
  }

  get jwksUrl(): string {
    return `${this.issuer}/.well-known/jwks.json`;
  }

  /** The published keys (RFC 7517). */
  get keySet(): { keys: JsonWebKey[] } {
    return { keys: this.keys.map(({ published }) => published) };
  }

  /** Publishes the keys on a loopback port; 0 means any free one. */
  async start(port = 0, issuerPath = '/auth/v1'): Promise<{ issuer: string; jwksUrl: string }> {
    const server = createServer((request, response) => this.answer(request.url ?? '', response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    this.server = server;
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}${issuerPath}`;
    return { issuer: this.issuer, jwksUrl: this.jwksUrl };
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** A signed access token. Claims override the usual ones; one given as `undefined` is left out. */
  issueToken(
    claims: TokenClaims,
    { expiresIn = 3600, alg = 'RS256', header = {} }: TokenOptions = {},
  ): string {
    const key = this.keys.find((candidate) => candidate.alg === alg);
    if (!key) throw new Error(`the local token issuer has no ${alg} key`);
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: this.issuer,
      aud: this.audience,
      role: 'authenticated',
      iat: now,
      exp: now + expiresIn,
    };
    const signed = [
      { alg, typ: 'JWT', kid: key.kid, ...header },
      { ...usual, ...claims },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    // ECDSA signatures are two numbers side by side in a token (RFC 7518 §3.4), not DER; RSA ignores the option.
    const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** New keys under new ids; tokens of the old ones can no longer be checked. */
  rotateKeys(): void {
    this.keys = makeKeys();
  }

  private answer(url: string, response: ServerResponse): void {
    response.setHeader('connection', 'close');
    if (!url.endsWith('/.well-known/jwks.json')) {
      response.writeHead(404).end();
      return;
    }
    this.fetches += 1;
    const { status, body } = this.insteadOfKeys ?? { status: 200, body: JSON.stringify(this.keySet) };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }
}

const makeKeys = (): SigningKey[] => [
  makeKey('RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })),
  makeKey('ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })),
];

function makeKey(
  alg: Algorithm,
  { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject },
): SigningKey {
  const kid = randomUUID();
  return {
    alg,
    kid,
    privateKey,
    published: { ...publicKey.export({ format: 'jwk' }), alg, kid, use: 'sig' },
  };
}
