import { randomUUID } from 'node:crypto';

export abstract class IdSource {
  /** A new UUID version 4. */
  abstract next(): string;
}

export class RandomIdSource extends IdSource {
  override next(): string {
    return randomUUID();
  }
}
