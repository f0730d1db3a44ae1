import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';

/** Turns passwords into something that does not give them away, and holds passwords against it. */
export abstract class PasswordHasher {
  abstract hash(password: string): Promise<string>;
  /** False for a hash that is none. */
  abstract verify(stored: string, password: string): Promise<boolean>;
}

/** OWASP's first choice for argon2id: 19 MiB and two passes. A stored hash names the cost it was made with. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id (RFC 9106), off the main thread. */
@Injectable()
export class Argon2Hasher extends PasswordHasher {
  override async hash(password: string): Promise<string> {
    return await hash(password.normalize('NFKC'), COST);
  }

  override async verify(stored: string, password: string): Promise<boolean> {
    return await verify(stored, password.normalize('NFKC')).catch(() => false);
  }
}
