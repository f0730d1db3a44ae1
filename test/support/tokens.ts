import { LocalIssuer, type TokenClaims } from '@waxwatch/auth';
import { randomUUID } from 'node:crypto';

export interface TokenRequest extends TokenClaims {
  /** Default RS256. */
  alg?: 'RS256' | 'ES256';
  /** Seconds from now; default one hour. Negative for a token that has expired. */
  expiresIn?: number;
  /** Overrides the header's `kid`, as a token of an unknown key has it. */
  kid?: string;
}

/** The local identity provider, with tokens for a new user unless the test says whose. */
export class TestIssuer {
  private constructor(private readonly local: LocalIssuer) {}

  static async start(): Promise<TestIssuer> {
    const local = new LocalIssuer({ environment: 'test' });
    await local.start();
    return new TestIssuer(local);
  }

  get issuer(): string {
    return this.local.issuer;
  }

  get jwksUrl(): string {
    return this.local.jwksUrl;
  }

  get keySet(): LocalIssuer['keySet'] {
    return this.local.keySet;
  }

  /** How often the key set was fetched. */
  get fetches(): number {
    return this.local.fetches;
  }

  /** Set to answer every fetch of the key set with 503. */
  set isDown(isDown: boolean) {
    this.local.insteadOfKeys = isDown ? { status: 503, body: '{}' } : null;
  }

  /** A signed token. A claim given as `undefined` is left out, to make tokens that must be refused. */
  async issueToken({ alg, expiresIn, kid, ...claims }: TokenRequest = {}): Promise<string> {
    const token = this.local.issueToken(
      { sub: randomUUID(), ...claims },
      {
        ...(alg === undefined ? {} : { alg }),
        ...(expiresIn === undefined ? {} : { expiresIn }),
        header: kid === undefined ? {} : { kid },
      },
    );
    return await Promise.resolve(token);
  }

  /** New keys under new names; tokens of the old ones can no longer be checked. */
  async rotateKeys(): Promise<void> {
    this.local.rotateKeys();
    await Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.local.stop();
  }
}
