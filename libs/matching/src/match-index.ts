import type { MatchableListing } from './listing';
import type { FxRates } from './money';
import { matchRule, matchWatch } from './predicate';
import type { CompiledRule, CompiledWatch, NeverMatching } from './rule';

/** A rule or watch that a listing satisfies. */
export interface Candidate {
  kind: 'rule' | 'watch';
  id: string;
  version: number;
  /** Position of the listing in the batch. */
  listing: number;
}

/** All active rules and watches, to be asked which of them a listing satisfies. */
export class MatchIndex {
  private readonly rules = new Map<string, CompiledRule>();
  private readonly watches = new Map<string, CompiledWatch>();

  get size(): number {
    return this.rules.size + this.watches.size;
  }

  upsertRule(rule: CompiledRule | NeverMatching): void {
    if (rule.kind === 'rule') this.rules.set(rule.id, rule);
    else this.rules.delete(rule.id);
  }

  removeRule(id: string): void {
    this.rules.delete(id);
  }

  upsertWatch(watch: CompiledWatch | NeverMatching): void {
    if (watch.kind === 'watch') this.watches.set(watch.id, watch);
    else this.watches.delete(watch.id);
  }

  removeWatch(id: string): void {
    this.watches.delete(id);
  }

  match(listings: readonly MatchableListing[], fx: FxRates): Candidate[] {
    const found: Candidate[] = [];
    listings.forEach((item, listing) => {
      for (const { kind, id, version } of [
        ...[...this.rules.values()].filter((rule) => matchRule(rule, item, fx) !== null),
        ...[...this.watches.values()].filter((watch) => matchWatch(watch, item, fx) !== null),
      ]) {
        found.push({ kind, id, version, listing });
      }
    });
    return found;
  }

  async matchInSlices(
    listings: readonly MatchableListing[],
    fx: FxRates,
    _maxSliceMs = 8,
  ): Promise<Candidate[]> {
    await Promise.resolve();
    return this.match(listings, fx);
  }
}
