import {
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';

export type ProjectAlgorithm = 'ES256' | 'RS256' | 'HS256';
export type Claims = Record<string, unknown>;

interface ProjectKey {
  kid: string;
  alg: ProjectAlgorithm;
  sign: (text: Buffer) => Buffer;
  verify: (text: Buffer, signature: Buffer) => boolean;
  /** Undefined for a shared secret, which is never listed. */
  published: JsonWebKey | undefined;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * The signing keys of a project: one on standby, one in use, and those used before, which stay listed until they are
 * revoked.
 */
export class SupabaseKeys {
  private standby: ProjectKey;
  private inUse: ProjectKey;
  private previous: ProjectKey[] = [];

  constructor(private readonly alg: ProjectAlgorithm) {
    this.standby = makeKey(alg);
    this.inUse = makeKey(alg);
  }

  get keySet(): { keys: JsonWebKey[] } {
    const all = [this.standby, this.inUse, ...this.previous];
    return { keys: all.map(({ published }) => published).filter((key) => key !== undefined) };
  }

  get currentKeyId(): string {
    return this.inUse.kid;
  }

  /** The standby key comes into use; tokens of the one before can still be checked. */
  rotate(): void {
    this.previous.push(this.inUse);
    this.inUse = this.standby;
    this.standby = makeKey(this.alg);
  }

  /** Takes keys used before off the list; their tokens no longer count. */
  revokePrevious(): void {
    this.previous = [];
  }

  issue(claims: Claims): string {
    const { alg, kid } = this.inUse;
    const signed = `${encode({ alg, kid, typ: 'JWT' })}.${encode(claims)}`;
    return `${signed}.${this.inUse.sign(Buffer.from(signed)).toString('base64url')}`;
  }

  /** The claims of a token of ours; null for any other. Says nothing about its life. */
  read(token: string): Claims | null {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const text = Buffer.from(`${header}.${payload}`);
    const keys = [this.inUse, ...this.previous];
    if (!keys.some((key) => key.verify(text, Buffer.from(signature, 'base64url')))) return null;
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  }
}

function makeKey(alg: ProjectAlgorithm): ProjectKey {
  const kid = randomUUID();
  if (alg === 'HS256') {
    const secret = randomBytes(32);
    const mac = (text: Buffer): Buffer => createHmac('sha256', secret).update(text).digest();
    return {
      kid,
      alg,
      sign: mac,
      verify: (text, signature) => signature.length === 32 && timingSafeEqual(signature, mac(text)),
      published: undefined,
    };
  }
  const { privateKey, publicKey } = keyPair(alg);
  const dsaEncoding = 'ieee-p1363';
  return {
    kid,
    alg,
    sign: (text) => sign('sha256', text, { key: privateKey, dsaEncoding }),
    verify: (text, signature) => verify('sha256', text, { key: publicKey, dsaEncoding }, signature),
    published: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig', key_ops: ['verify'] },
  };
}

const keyPair = (alg: 'ES256' | 'RS256'): { privateKey: KeyObject; publicKey: KeyObject } =>
  alg === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
