import { Injectable } from '@nestjs/common';
import { ExchangeRates } from '@waxwatch/exchange-rates';
import { PROVIDER_NAMES, type ProviderName } from '@waxwatch/integrations';
import { ListingReader, type ListingRow, toListingOut } from '@waxwatch/listings';
import {
  type CompiledRule,
  compileRule,
  type MatchableListing,
  matchRule,
  type Rejection,
  rejectionsOf,
  toMatchable,
} from '@waxwatch/matching';
import { type AppConfig, InjectConfig } from '@waxwatch/platform/config';
import { Database } from '@waxwatch/platform/database';
import { ValidationError } from '@waxwatch/platform/errors';
import type { RulePreviewOut } from './rule-preview.schema';
import type { RuleQuery } from './rule-query';
import { WatchRulesService } from './watch-rules.service';

/** Previews run while somebody waits, so they look at no more than this. */
const MAX_CHECKED = 500;

/** Holds a rule that may never be stored against what is known already. */
@Injectable()
export class RulePreview {
  constructor(
    private readonly db: Database,
    private readonly rules: WatchRulesService,
    private readonly listings: ListingReader,
    private readonly rates: ExchangeRates,
    @InjectConfig() private readonly config: AppConfig,
  ) {}

  /**
   * What the query would find and would not, and why; stores nothing. At most `limit` listings of either kind.
   * @throws ValidationError when the rule names a provider that is not enabled here, or could never match
   */
  async of(userId: string, stated: RuleQuery, limit: number): Promise<RulePreviewOut> {
    const query = this.rules.runnable(stated);
    const rule = compileRule({ id: '', version: 0, userCurrency: await this.currencyOf(userId), query });
    if (rule.kind === 'never')
      throw ValidationError.ofRule(['body', 'query'], 'query can never match a listing');
    const { BACKFILL_DAYS: days, BACKFILL_LIMIT } = this.config;
    const rows = await this.listings.seenLast(sourcesOf(query), days, Math.min(BACKFILL_LIMIT, MAX_CHECKED));
    return { ...(await this.hold(rule, rows, limit)), checked: rows.length, days };
  }

  private async hold(
    rule: CompiledRule,
    rows: readonly ListingRow[],
    limit: number,
  ): Promise<Omit<RulePreviewOut, 'checked' | 'days'>> {
    const fx = await this.rates.current();
    const held = rows.map((row) => {
      const listing = matchableOf(row);
      return { row, listing, reasons: rejectionsOf(rule, listing, fx) };
    });
    const accepted = held.filter(({ reasons }) => reasons.length === 0);
    const rejected = held.filter(({ reasons }) => reasons.length > 0).sort(byNearness);
    return {
      accepted_count: accepted.length,
      rejected_count: rejected.length,
      accepted: accepted.slice(0, limit).map(({ row, listing }) => ({
        listing: toListingOut(row),
        match_context: { ...matchRule(rule, listing, fx) },
      })),
      rejected: rejected.slice(0, limit).map(({ row, reasons }) => ({ listing: toListingOut(row), reasons })),
    };
  }

  private async currencyOf(userId: string): Promise<string | null> {
    const [user] = await this.db.rows<{ currency: string | null }>(
      'SELECT currency FROM users WHERE id = $1',
      [userId],
    );
    return user?.currency ?? null;
  }
}

/** A copy of the record that is too dear is nearer to what was meant than another record. */
const byNearness = (a: { reasons: Rejection[] }, b: { reasons: Rejection[] }): number =>
  wordsMissedIn(a.reasons) - wordsMissedIn(b.reasons) || a.reasons.length - b.reasons.length;

const wordsMissedIn = (reasons: readonly Rejection[]): number =>
  reasons.filter(({ code }) => code === 'word_missing').length;

const sourcesOf = ({ sources }: RuleQuery): ProviderName[] =>
  PROVIDER_NAMES.filter((name) => Array.isArray(sources) && sources.includes(name));

const matchableOf = (row: ListingRow): MatchableListing =>
  toMatchable({
    provider: row.provider,
    title: row.title,
    price: row.price,
    currency: row.currency,
    shippingPrice: row.shipping_price,
    condition: row.condition,
    discogsReleaseId: row.discogs_release_id,
    discogsMasterId: row.discogs_master_id,
    status: row.status,
  });
