import { Injectable } from '@nestjs/common';

/**
 * What must have happened once before the process takes work, such as a first load of the rules. `/readyz` says
 * no until every gate is open.
 */
@Injectable()
export class Readiness {
  private readonly closed = new Set<string>();

  /** Adds a gate; call the result when it may open. Belongs in a constructor, before the process listens. */
  require(name: string): { markReady: () => void } {
    this.closed.add(name);
    return { markReady: () => void this.closed.delete(name) };
  }

  /** The gates that are still closed. */
  missing(): string[] {
    return [...this.closed];
  }
}
